"""A trained pipeline as a wheel that carries its own components."""

import re
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import packages_distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import srsly
from packaging.version import InvalidVersion, Version

from phantom.corpora.origins import OriginCounts
from phantom.packs.pack import Pack
from phantom.runtime import check_labels, components_path
from phantom.shipping.card.build import build_card
from phantom.shipping.documents import ship_document_components
from phantom.shipping.entry_points import add_entry_points
from phantom.shipping.provenance import (
    describe_data,
    describe_encoder,
    describe_student,
    list_sources,
    summarize,
    write_licences,
)
from phantom.shipping.quantize import quantize

# Those that load the others, in a checkout.
BESIDE_WHEELS = {"__init__", "register", "register_codecs"}
REQUIREMENTS = [
    "spacy-transformers>=1.4.0,<1.5.0",
    "transformers>=4.53,<4.53.3",
    "numpy>=2.0,<3",
]
INT8 = (
    "The encoder was quantised after training: `performance` was measured before, "
    "`benchmarks` in the precision that `benchmarks_precision` names."
)


def build_wheel(
    pack: Pack,
    pipeline: Path,
    output: Path,
    *,
    version: str,
    metrics: Path | None = None,
    licence: Path | None = None,
    int8: bool = False,
    reports: Path | None = None,
) -> Path:
    """Package a pipeline with its component files and its provenance.

    pipeline (Path): Folder of the trained pipeline; it is not changed.
    output (Path): Folder that takes the package's source and the wheel.
    version (str): Version of the wheel.
    metrics (Optional[Path]): The evaluation; its scores go into meta.json.
    licence (Optional[Path]): Text of the licence.
    int8 (bool): Quantise the encoder; meta.json says so.
    reports (Optional[Path]): The run's folder in metrics/, for the model card, which
        goes into the wheel and beside it.
    RETURNS (Path): The wheel.
    RAISES: ValueError if there is no pipeline or it is of another domain, the version
        is none, it can't be quantised, or the build fails.
    """
    from spacy.cli.package import package

    if not (pipeline / "meta.json").is_file():
        raise ValueError(f"{pipeline}: no trained pipeline here; run `train` first")
    try:
        Version(version)
    except InvalidVersion:
        raise ValueError(
            f"--version {version!r}: no version of a Python package; 0.2.0 is one"
        ) from None
    trained = srsly.read_json(pipeline / "meta.json")
    found = [label for names in trained.get("labels", {}).values() for label in names]
    check_labels(pipeline, found, pack.known)
    stage = output / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    if int8:
        quantize(pipeline, stage)
    else:
        shutil.copytree(pipeline, stage)
    ship_document_components(pack, stage)
    meta = describe(pack, srsly.read_json(stage / "meta.json"), version, metrics)
    srsly.write_json(stage / "meta.json", meta)
    card = build_card(pack, meta, reports)
    for place in (stage, output):
        card.write(place)
    licences = write_licences(pack, meta["sources"])
    (stage / "LICENSES_SOURCES").write_text(licences, encoding="utf-8")
    if licence:
        shutil.copy(licence, stage / "LICENSE")
    target = output / f"{meta['lang']}_{meta['name']}-{version}"
    # spaCy leaves what an earlier build made, an old README among it.
    shutil.rmtree(target, ignore_errors=True)
    with TemporaryDirectory(prefix="phantom-") as folder:
        config = (stage / "config.cfg").read_text(encoding="utf-8")
        files = seal(component_files(), config, Path(folder))
        package(
            stage,
            output,
            code_paths=files,
            create_sdist=False,
            create_wheel=False,
            force=True,
        )
        add_entry_points(target, f"{meta['lang']}_{meta['name']}", files)
        drop_own_requirement(target)
    shutil.rmtree(stage)
    return _build(target)


def drop_own_requirement(target: Path) -> None:
    """Take this project out of what a built package asks pip for.

    spaCy adds the distribution that a registered function was loaded from. That is
    ours where the project is installed, yet the wheel brings the files itself.

    target (Path): Folder of the package's source; each meta.json in it is changed.
    """
    own = {_plain_name(name) for name in packages_distributions().get("phantom", ())}
    for path in target.rglob("meta.json"):
        meta = srsly.read_json(path)
        asked = meta.get("requirements", [])
        meta["requirements"] = [r for r in asked if _plain_name(r) not in own]
        srsly.write_json(path, meta)


def _plain_name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def component_files() -> list[Path]:
    """The flat component files that go into a wheel."""
    files = sorted(components_path().glob("*.py"))
    return [file for file in files if file.stem not in BESIDE_WHEELS]


def seal(files: list[Path], config: str, folder: Path) -> list[Path]:
    """Copy component files, with names of their own for what they share in private.

    They find one another's functions in spaCy's registry, where the same names of
    another wheel, built from other code, would take their place.

    config (str): What it names keeps its name.
    RETURNS (List[Path]): The copies, in `folder`.
    """
    texts = [file.read_text(encoding="utf-8") for file in files]
    digest = sha256("".join(texts).encode("utf-8")).hexdigest()[:8]
    names = set(re.findall(r'registry\.misc\("(phantom\.[\w.]+)"\)', "".join(texts)))
    names = {name for name in names if f'"{name}"' not in config}
    copies = []
    for file, text in zip(files, texts, strict=True):
        for name in names:
            text = text.replace(f'"{name}"', f'"{name}-{digest}"')
        copies.append(folder / file.name)
        copies[-1].write_text(text, encoding="utf-8")
    return copies


def describe(
    pack: Pack, meta: dict[str, Any], version: str, metrics: Path | None
) -> dict[str, Any]:
    """The pipeline's meta.json with name, licence, data provenance and scores."""
    domain = pack.domain
    counted = meta.pop("training_data", None)
    counts = None if counted is None else OriginCounts.model_validate(counted)
    story = describe_student(meta), describe_encoder(meta)
    said = f"{domain.title}.", *story, summarize(counts)
    described = {
        **meta,
        "name": f"phantom_{pack.name}",
        "version": version,
        "description": " ".join(filter(None, said)),
        "license": domain.licence,
        "sources": [
            {"name": name, "license": licence, "author": "", "url": ""}
            for name, licence in list_sources(pack, counts)
        ],
        "requirements": REQUIREMENTS,
        "relation_schema": pack.schema(),
        "data_provenance": describe_data(counts),
    }
    if metrics and metrics.is_file():
        report = srsly.read_json(metrics)
        if report["limit"] or report["domain"] != pack.name:
            raise ValueError(
                f"{metrics}: scores of another domain, or of the first records alone "
                "(--limit); run `evaluate` again"
            )
        described["benchmarks"] = report["datasets"]
        described["benchmarks_precision"] = report.get("precision") or "not recorded"
    if meta.get("precision") == "int8":
        described["precision_note"] = INT8
    return described


def _build(folder: Path) -> Path:
    # Without isolation nothing has to be fetched: setuptools is a dependency.
    command = [sys.executable, "-m", "build", ".", "--wheel", "--no-isolation"]
    shutil.rmtree(folder / "dist", ignore_errors=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    wheels = sorted((folder / "dist").glob("*.whl"))
    if done.returncode or not wheels:
        raise ValueError(
            f"{folder}: building the wheel failed\n{done.stdout[-2000:]}"
            f"\n{done.stderr[-2000:]}"
        )
    return wheels[0]
