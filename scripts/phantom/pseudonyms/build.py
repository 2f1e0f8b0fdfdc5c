"""The finder of a domain: its tables, its lexicons, and what was asked for beside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from phantom.checks import CheckContext, load_config
from phantom.checks.engine.base import CheckSkipped
from phantom.checks.pii import recognizers
from phantom.packs.language import load_language
from phantom.packs.pack import Pack
from phantom.packs.swaps import read_swaps
from phantom.passages.names import Matcher
from phantom.pseudonyms.dates import Dates
from phantom.pseudonyms.find import Finder
from phantom.pseudonyms.recognizer import load_recognizer
from phantom.pseudonyms.surrogates import Surrogates
from phantom.pseudonyms.unusual import read_ordinary
from phantom.pseudonyms.written import load_written, read_places


def make_finder(
    pack: Pack,
    *,
    presidio: bool = True,
    day_first: bool = False,
    ordinary: Sequence[Path] = (),
    ner: str = "",
) -> Finder:
    """Make a finder of identifiers in the language of a pack.

    presidio (bool): Whether to ask Presidio's recognizers as well.
    day_first (bool): Whether 03/04/2024 is the third of April, where the language has
        both.
    ordinary (Sequence[Path]): Passages that name nobody; see `Ordinary`.
    ner (str): A spaCy pipeline that finds people; "" for none.
    RAISES: ValueError if Presidio is asked for and not installed, or for a language
        whose identifiers are not known.
    """
    written = load_written(pack)
    context = CheckContext(pack, load_config(pack.path))
    names = [name for names in context.lexicon.values() for name in names]
    lang = pack.domain.lang
    return Finder(
        context.table("pii", ["name", "validator", "pattern"]),
        [name for name, _ in read_given(pack)],
        Dates(lang, written.dates, written.ordinals, written.months, day_first),
        written,
        [*load_language(lang, pack.path).people.ages, *written.ages],
        Matcher(names),
        _recognizers() if presidio else {},
        context.config.person_labels,
        ordinary=read_ordinary(ordinary, names, written) if ordinary else None,
        recognize=load_recognizer(ner) if ner else None,
    )


def make_surrogates(pack: Pack, secret: bytes) -> Surrogates:
    """Make surrogates in the language of a pack.

    secret (bytes): Of the project.
    RAISES: ValueError for a language whose names are not known.
    """
    written = load_written(pack)
    surnames = [row["name"] for row in read_swaps(pack).surnames]
    return Surrogates(secret, read_given(pack), surnames, read_places(pack), written)


def read_given(pack: Pack) -> list[tuple[str, str]]:
    """Given names of the pack, else of its language, each with its sex."""
    return [(row["name"], row["sex"]) for row in read_swaps(pack).names]


def _recognizers() -> dict[str, Any]:
    try:
        return recognizers()
    except CheckSkipped as error:
        raise ValueError(f"{error}; or go without it: --no-presidio") from None
