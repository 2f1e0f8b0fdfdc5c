"""A long document read in parts: what is over a border is there once, all else too."""

from pathlib import Path

import pytest
from spacy.language import Language
from tests.builders.documents import quick_pipeline, read_rows
from thinc.api import Config

from phantom.documents import applier as applying
from phantom.documents import long
from phantom.documents.applier import Applier, Setup
from phantom.documents.blocks import Block
from phantom.documents.long import find_margin, read_long
from phantom.documents.rows import to_row
from phantom.documents.sources import Item
from phantom.packs.document import RELATIONS, add_document_components

SENTENCE = (
    "Aspirin\ngave acute renal failure (ARF) to some. ARF was bad, gout was not. "
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    made = quick_pipeline()
    made.rename_pipe("quick_relations", RELATIONS)
    add_document_components(made, None)
    return made


@pytest.mark.parametrize("size", [7, 30, 31, 32, 1000])
def test_parts_find_what_the_whole_has(nlp: Language, size: int) -> None:
    """Wherever the borders are; a relation here spans eight words at most."""
    text = SENTENCE * 12
    whole = to_row(nlp(text))
    assert len(whole["relations"]) == 12 and len(whole["entities"]) == 60
    assert len(whole["abbreviations"]) == 24
    assert to_row(read_long(nlp, text, margin=12, size=size)) == whole


def test_parts_begin_where_the_windows_of_the_encoder_do() -> None:
    seen: list[tuple[int, int]] = []

    def look(doc):  # type: ignore[no-untyped-def]
        seen.append((int(doc[0].text), len(doc)))
        return doc

    blank = quick_pipeline()
    for name in list(blank.pipe_names):
        blank.remove_pipe(name)
    if not Language.has_factory("look"):
        Language.component("look", func=look)
    blank.add_pipe("look", name="transformer")
    config = Config({"factory": "look", "model": {"get_spans": {"stride": 6}}})
    blank._pipe_configs["transformer"] = config
    read_long(blank, " ".join(map(str, range(40))), margin=5, size=14)
    # Of 18 tokens with a margin of 6, multiples of the stride.
    assert seen == [(0, 24), (12, 28), (30, 10)]


def test_who_has_to_see_the_whole(nlp: Language) -> None:
    ruler = quick_pipeline()
    assert find_margin(ruler) is None
    ruler.remove_pipe("quick_relations")
    assert find_margin(ruler) == 400
    add_document_components(ruler, None)
    assert find_margin(ruler) == 400
    ruler.add_pipe("relation_extractor")
    assert find_margin(ruler) is None
    limited = quick_pipeline()
    limited.remove_pipe("quick_relations")
    candidates = {"@misc": "phantom.TypedPairs.v1", "max_distance": 50}
    limited.add_pipe("relation_extractor", config={"candidates": candidates})
    assert find_margin(limited) == 300


def test_apply_reads_long_ones_so_and_others_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruler = quick_pipeline()
    ruler.remove_pipe("quick_relations")
    ruler.to_disk(tmp_path / "pipeline")
    texts = [SENTENCE, SENTENCE * 9, SENTENCE, "Gout."]
    items = tuple(Item(f"n:{i}", len(x), text=x) for i, x in enumerate(texts))
    read: list[int] = []

    def counted(nlp: Language, text: str, margin: int) -> object:
        read.append(len(text))
        return read_long(nlp, text, margin, size=40)

    rows = []
    for limit in (long.LONG, 3 * len(SENTENCE)):
        monkeypatch.setattr(applying, "LONG", limit)
        monkeypatch.setattr(applying, "read_long", counted)
        output = tmp_path / f"{limit}"
        Applier(Setup(str(tmp_path / "pipeline")), output).run(Block(0, items))
        rows.append(read_rows(output))
    assert read == [len(texts[1])]
    assert rows[0] == rows[1] and len(rows[0]) == 4
