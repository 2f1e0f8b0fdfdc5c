import subprocess
import sys
from pathlib import Path

import pytest
from originals import compare
from tests.builders import ROOT, SHARED, example

PAIR = "<C id=1>Iron</C> gave <D id=2>rash</D>"


def test_records_are_compared_one_by_one() -> None:
    given = [example(PAIR, (1, "R", 2), id="a"), example("same", id="b")]
    turned = [example(PAIR, (2, "R", 1), id="c"), example("same", id="d")]
    assert compare(given, turned) == {
        "records": 2,
        "equal": 1,
        "texts": 2,
        "entities": 2,
        "relations": 1,
        "differing": ["c"],
    }
    assert compare(given, given[:1])["equal"] == 1
    assert compare(given, given[:1])["records"] == 2


@pytest.mark.skipif(
    not (SHARED / "originals").is_dir(), reason="no originals beside the project"
)
@pytest.mark.slow
def test_the_originals_agree_with_the_prepared_data() -> None:
    script = ROOT / "measurements" / "originals.py"
    paths = [str(SHARED / "originals"), str(SHARED / "data")]
    done = subprocess.run(
        [sys.executable, str(script), *paths],
        env={
            "PYTHONPATH": str(ROOT / "scripts"),
            "PATH": str(Path(sys.executable).parent),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 16
