"""Records as gold docs: public ones to scale and score by, private ones by unit."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from phantom.corpora.docbin import Alignment, to_doc
from phantom.corpora.origins import Permits, admit
from phantom.jsonl import read_jsonl
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import Pack
from phantom.privacy.ledger import Budget
from phantom.privacy.units import group_by_unit
from phantom.records import Example


def read_public(nlp: Language, pack: Pack, path: Path) -> list[Doc]:
    """Gold docs of text that is synthetic, or public and fit for training.

    RAISES: ValueError that names a passage which is neither, or if there are none.
    """
    docs = []
    permits = Permits(load_benchmarks(pack).datasets)
    for example in read_jsonl(path, Example):
        admit(example.model_dump(), permits)
        docs.append(to_doc(nlp, example))
    if not any(doc.ents for doc in docs):
        raise ValueError(f"{path}: no labelled passages; give a dev.jsonl of `convert`")
    return docs


def read_units(
    nlp: Language, pack: Pack, paths: Sequence[Path], budget: Budget
) -> tuple[list[list[Doc]], int]:
    """Gold docs of each patient or client.

    Text that is public or synthetic may stand among them; all of it counts as private.

    RETURNS (Tuple[List[List[Doc]], int]): Units, and mentions not on token bounds.
    RAISES: ValueError that names a record without unit, or which may not train.
    """
    read = (
        example
        if example.sources or example.origin == "synthetic"
        else example.model_copy(update={"sources": (path.name,)})
        for path in paths
        for example in _read(path)
    )
    units = group_by_unit(read, budget, paths[0])
    # Whoever hands records over with a budget has declared them.
    ours = {source for x in chain.from_iterable(units) for source in x.sources}
    permits = Permits(load_benchmarks(pack).datasets, ours)
    lost = Alignment()
    found = []
    for examples in units:
        for example in examples:
            admit(example.model_dump(), permits)
        found.append([to_doc(nlp, example, lost) for example in examples])
    return found, len(lost.mentions)


def _read(path: Path) -> Iterator[Example]:
    for example in read_jsonl(path, Example):
        yield example.from_people("private", path.name)
