"""Deaths between two writes leave a checkpoint that a run can go on from."""

from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin
from tests.builders.resuming import CONFIG, Killed, run

from phantom.training.checkpoint import find_checkpoint, write_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path):
    nlp = spacy.blank("en")
    docs = []
    for i in range(24):
        doc = nlp.make_doc(f"Patient {i} had {'a very ' * (i % 3)}bad fever{i % 5} .")
        doc.ents = [doc.char_span(doc.text.index("fever"), len(doc.text) - 2, "DIS")]
        docs.append(doc)
    DocBin(docs=docs).to_disk(tmp_path / "train.spacy")
    (tmp_path / "config.cfg").write_text(CONFIG, encoding="utf-8")
    return tmp_path


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
