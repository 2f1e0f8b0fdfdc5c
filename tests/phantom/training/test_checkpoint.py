"""Deaths between two writes leave a checkpoint that a run can go on from."""

from pathlib import Path
from typing import Any

import pytest
from tests.builders.resuming import Killed, run, write_files

from phantom.training.checkpoint import find_checkpoint, write_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return write_files(tmp_path)


def test_checkpoint_of_another_run_is_refused(files: Any) -> None:
    run(files, "out", stop=6)
    with pytest.raises(ValueError, match="another config"):
        run(files, "out", set={"training.dropout": 0.5})
    _, curve, _ = run(files, "out", set={"training.max_steps": 8})
    assert [point.step for point in curve] == [0, 4, 8]


def test_death_between_two_renames_leaves_a_checkpoint(files: Any) -> None:
    folder, _, _ = run(files, "out", stop=6)
    checkpoint = folder / "checkpoint"
    checkpoint.rename(folder / "checkpoint.old")
    assert find_checkpoint(checkpoint) == folder / "checkpoint.old"
    (folder / "checkpoint.old" / "state.msgpack").write_bytes(b"cut")
    with pytest.raises(ValueError, match="start over"):
        run(files, "out")


def test_death_while_writing_leaves_the_last_checkpoint(files: Any) -> None:
    folder, _, _ = run(files, "out", stop=6)
    checkpoint = folder / "checkpoint"
    old = checkpoint.rename(folder / "checkpoint.old")

    class Dying:
        pipeline = ()

        def to_disk(self, path):
            raise Killed

    with pytest.raises(Killed):
        write_checkpoint(checkpoint, Dying(), {})
    assert find_checkpoint(checkpoint) == old
