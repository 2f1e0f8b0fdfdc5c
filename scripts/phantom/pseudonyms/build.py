"""The finder of a domain: its tables, its lexicons, and what was asked for beside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from phantom.checks import CheckContext, load_config
from phantom.checks.engine.base import CheckSkipped
from phantom.checks.pii import recognizers
from phantom.packs.pack import Pack
from phantom.passages.names import Matcher
from phantom.pseudonyms.dates import Dates
from phantom.pseudonyms.find import Finder
from phantom.pseudonyms.recognizer import load_recognizer
from phantom.pseudonyms.unusual import read_ordinary

Given = list[tuple[str, str]]


def make_finder(
    pack: Pack,
    *,
    presidio: bool = True,
    day_first: bool = False,
    ordinary: Sequence[Path] = (),
    ner: str = "",
) -> tuple[Finder, Given]:
    """Make a finder of identifiers.

    presidio (bool): Whether to ask Presidio's recognizers as well.
    day_first (bool): Whether 03/04/2024 is the third of April.
    ordinary (Sequence[Path]): Passages that name nobody; see `Ordinary`.
    ner (str): A spaCy pipeline that finds people; "" for none.
    RETURNS (Tuple[Finder, List[Tuple[str, str]]]): And given names, each with its sex.
    RAISES: ValueError if Presidio is asked for and not installed.
    """
    context = CheckContext(pack, load_config(pack.path))
    given = [(x["name"], x["sex"]) for x in context.table("names", ["name", "sex"])]
    names = [name for names in context.lexicon.values() for name in names]
    finder = Finder(
        context.table("pii", ["name", "validator", "pattern"]),
        [name for name, _ in given],
        Dates(pack.domain.lang, day_first),
        Matcher(names),
        _recognizers() if presidio else {},
        context.config.person_labels,
        ordinary=read_ordinary(ordinary, names) if ordinary else None,
        recognize=load_recognizer(ner) if ner else None,
    )
    return finder, given


def _recognizers() -> dict[str, Any]:
    try:
        return recognizers()
    except CheckSkipped as error:
        raise ValueError(f"{error}; or go without it: --no-presidio") from None
