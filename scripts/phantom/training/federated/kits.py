"""Certificates of a federation, made by NVIDIA FLARE's provisioning."""

import contextlib
import io
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

MISSING = "Federation needs NVIDIA FLARE: pip install 'spacy-phantom[federated]'"
COORDINATOR = "coordinator"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?")
# Who signs is kept apart: no site, and no coordinator, needs the key.
_AUTHORITY = "authority"


def make_kits(folder: Path, host: str, sites: Sequence[str]) -> list[Path]:
    """A folder with a certificate, its key and the authority's certificate for each.

    What is there stays; sites that are new are signed by the same authority, whose key
    lies in "authority".

    host (str): Name by which sites reach the coordinator.
    RETURNS (List[Path]): The folders of the coordinator and of the sites.
    RAISES: ValueError if a name does not do, or if FLARE is not installed.
    """
    for name in sites:
        if not _NAME.fullmatch(name) or name in (COORDINATOR, _AUTHORITY, host):
            raise ValueError(
                f"site {name!r}: a name is of small letters, digits and hyphens, and "
                f"not {COORDINATOR}, {_AUTHORITY} or the coordinator's host"
            )
    wanted = [folder / COORDINATOR, *(folder / name for name in sites)]
    if all((each / "rootCA.pem").is_file() for each in wanted):
        return wanted
    try:
        from nvflare.lighter.entity import Project
        from nvflare.lighter.impl.cert import CertBuilder
        from nvflare.lighter.impl.workspace import WorkspaceBuilder
        from nvflare.lighter.provisioner import Provisioner
    except ImportError:
        raise ValueError(MISSING) from None
    project = Project("phantom", "a federation", props={"api_version": 3})
    project.set_server(host, "house", {"fed_learn_port": 8002, "admin_port": 8003})
    for name in sites:
        project.add_client(name, "house", {})
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as temporary:
        state = folder / _AUTHORITY
        if state.is_dir():
            shutil.copytree(state, Path(temporary) / "phantom" / "state")
        with contextlib.redirect_stdout(io.StringIO()):
            context = Provisioner(
                temporary, [WorkspaceBuilder(), CertBuilder()]
            ).provision(project)
        if context.get("build_error"):
            raise ValueError(f"{folder}: FLARE could not make certificates")
        made = Path(temporary) / "phantom"
        if not state.is_dir():
            shutil.move(made / "state", state)
            state.chmod(0o700)
        for name, target in zip([host, *sites], wanted, strict=True):
            if not (target / "rootCA.pem").is_file():
                shutil.move(made / "prod_00" / name / "startup", target)
                target.chmod(0o700)
    return wanted
