"""Unlabelled public text that a person names to train on: read, let in or refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from phantom.corpora.mix import take_some
from phantom.corpora.origins import Permits, admit
from phantom.evaluation.benchmarks import read_test_texts
from phantom.evaluation.gold import find_gold
from phantom.jsonl import read_some
from phantom.packs.benchmarks import load_benchmarks, require_trainable
from phantom.packs.pack import Pack
from phantom.passages.files import find_texts, read_texts
from phantom.passages.words import normalize
from phantom.privacy.paths import is_private
from phantom.records import Example
from phantom.training.labelled import refuse_test


class PublicText(NamedTuple):
    """Passages without labels, and what lets them into a corpus."""

    examples: list[Example]
    permits: Permits


def read_public_text(
    pack: Pack,
    paths: Sequence[Path],
    *,
    benchmarks: Path,
    private: list[Path],
    take: int = 0,
    seed: int = 0,
) -> PublicText:
    """Read files that a person declares public by naming them.

    benchmarks (Path): Folder of the test sets, whose texts stay out.
    private (List[Path]): Absolute files and folders that are not public.
    take (int): At most so many, drawn by seed; 0 for all.
    RAISES: ValueError for a private file, a record that says it is private, a test
        split, or a file of a data set whose licence forbids to train what is shipped.
    """
    files, given = find_texts(paths), list[Example]()
    for path in (*paths, *files):
        if is_private(path, private):
            raise ValueError(f"{path}: private, by --private; name public text")
    held_out = read_test_texts(load_benchmarks(pack).datasets, benchmarks)
    for path in files:
        gold = find_gold(pack, path)
        if gold.origin == "public":
            refuse_test(gold, path)
            require_trainable(gold.name, gold.dataset)
        said = {"origin": "public", "sources": (path.name,), "entities": ()}
        for text in read_texts(path, "public"):
            if text.origin == "private":
                raise ValueError(
                    f"{path}: {text.id}: private text, as it says itself; name public "
                    "text"
                )
            if normalize(text.text) not in held_out:
                given.append(text.model_copy(update={**said, "relations": ()}))
    if take:
        given = take_some(given, min(take, len(given)), seed)
    return PublicText(given, Permits(declared={path.name for path in files}))


def read_own_text(pack: Pack, path: Path) -> list[Example]:
    """Training passages of a corpus of ours, to be read for their words alone.

    path (Path): As `convert` writes it (train.jsonl).
    RAISES: ValueError if one is private, or says nothing of where it comes from.
    """
    permits, found = Permits(load_benchmarks(pack).datasets), []
    for text in read_some(path, Example, unique=False):
        admit(text.model_dump(), permits)
        found.append(text)
    return found
