"""Certificates and messages: mutual TLS on this machine, and who is kept out."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.builders import ROOT

from phantom.training.federated.kits import make_kits
from phantom.training.federated.link import connect, listen
from phantom.training.federated.messages import Answer, Ready, pack, unpack

pytest.importorskip("nvflare")
pytestmark = pytest.mark.slow
HOST = "localhost"


@pytest.fixture(scope="module")
def kits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kits")
    make_kits(folder, HOST, ["north", "south"])
    return folder


# In a process of its own: FLARE lets cells of one process speak without a network.
CLIENT = """
import sys
from pathlib import Path
import numpy
from phantom.training.federated.link import connect
from phantom.training.federated.messages import Ready
name, kit, port, speaks_for = sys.argv[1:]
arrays = {"w": numpy.arange(300_000, dtype="f")}
with connect(Path(kit), name, "localhost", int(port), lambda line: None) as link:
    link.timeout = link.patience = 2.0
    for kind in ("ready", "other"):
        try:
            told, back = link.ask(kind, Ready(layout="l"), arrays)
            print(told.what, told.round, numpy.array_equal(back["w"], arrays["w"]))
        except ValueError as error:
            print(error)
            if "does not answer" in str(error):
                break
        link.cell.my_info.fqcn = speaks_for
"""


def speak(name: str, kit: Path, port: int, speaks_for: str = "") -> list[str]:
    """Lines of a site that asks twice, the second time perhaps as another."""
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, name, str(kit), str(port), speaks_for or name],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
    )
    return done.stdout.splitlines()


def test_a_site_is_who_its_certificate_says(kits: Path, tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def handle(site: str, kind: str, body: bytes) -> bytes:
        asked.append((site, kind, len(body)))
        if kind == "ready":
            return pack(Answer(what="train", round=4), unpack(body, Ready)[1])
        return b"no message"

    make_kits(tmp_path / "strangers", HOST, ["north"])
    with listen(kits / "coordinator", HOST, port, handle):
        first, second = speak("north", kits / "north", port)
        assert first == "train 4 True" and "no message of this version" in second
        assert [x[:2] for x in asked] == [("north", "ready"), ("north", "other")]
        assert asked[0][2] > 1_200_000

        asked.clear()
        # The certificate of another site, and of another authority.
        for kit in (kits / "south", tmp_path / "strangers" / "north"):
            assert "does not answer" in speak("north", kit, port)[-1]
        assert asked == []
        # Its own certificate, and a message in the name of another.
        speak("south", kits / "south", port, speaks_for="north")
        assert [x[:2] for x in asked] == [("south", "ready")]


def test_kits_stay_and_new_sites_have_the_same_authority(kits: Path) -> None:
    before = {path: path.read_bytes() for path in kits.rglob("*.*")}
    made = make_kits(kits, HOST, ["north", "south", "west"])
    assert [path.name for path in made] == ["coordinator", "north", "south", "west"]
    same = {path for path, data in before.items() if path.read_bytes() == data}
    assert same == before.keys()
    assert (made[3] / "rootCA.pem").read_bytes() == before[made[0] / "rootCA.pem"]
    assert sorted(path.name for path in made[3].iterdir()) == [
        *("client.crt", "client.key", "rootCA.pem")
    ]


def test_a_folder_without_certificate_says_who_makes_it(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=re.escape("rootCA.pem: missing; whoever runs")),
        connect(tmp_path, "north", HOST, 1, print),
    ):
        pass


@pytest.mark.parametrize("name", ["North", "a.b", "coordinator", "localhost", "", "-x"])
def test_names_that_do_not_do_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="small letters"):
        make_kits(tmp_path, HOST, [name])
