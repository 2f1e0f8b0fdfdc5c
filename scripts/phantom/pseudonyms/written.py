"""How a language writes what identifies people: patterns, dates, surrogates."""

from pathlib import Path

import regex
from pydantic import ValidationError, field_validator

from phantom.packs.pack import Pack, explain, read_mapping, read_shipped
from phantom.packs.swaps import language_table, read_swaps
from phantom.packs.tables import read_table
from phantom.records import Record
from phantom.registry import overlay

DATA = Path(__file__).parent / "data"
_PART = regex.compile(r"<([A-Z]\w*)>")


class Written(Record):
    """The content of pseudonyms/data/<lang>.yml under the pack's identifiers.yml.

    parts (Dict[str, str]): Expressions that stand in others for their name in <>.
    patterns (Dict[str, List[str]]): By category of Safe Harbor; a group is what is
        found. \\L<given> is one of the given names.
    ages (List[str]): What says an age over 89; the group is the number.
    dates (List[str]): Forms of dates, the fullest first; see `Dates`.
    ordinals (Dict[str, str]): What ends a day, by CLDR's category of ordinals.
    months (Dict[str, int]): Names of months that CLDR lacks.
    owning (str): The ending of a name that owns something; it stays.
    kept (str): What stays of a place, such as "Street".
    nouns (str): Capitalised words that are no names; "" for none.
    compounds (bool): Whether words are written together, so that one that ends in a
        word of the domain's text is no name.
    """

    parts: dict[str, str] = {}
    patterns: dict[str, list[str]]
    ages: list[str]
    dates: list[str]
    ordinals: dict[str, str]
    months: dict[str, int]
    owning: str
    kept: str
    nouns: str
    compounds: bool = False

    @field_validator("parts")
    @classmethod
    def _know_parts(cls, parts: dict[str, str]) -> dict[str, str]:
        for name, pattern in parts.items():
            for used in _PART.findall(pattern):
                if used not in parts or used == name:
                    raise ValueError(f"{name}: <{used}> is no other part")
        return parts

    def compile(
        self, pattern: str, given: frozenset[str] = frozenset()
    ) -> regex.Pattern[str]:
        """An expression with its parts and lists. RAISES: ValueError, if it is none."""
        try:
            while (filled := _PART.sub(self._part, pattern)) != pattern:
                pattern = filled
            return regex.compile(pattern, given=given, ignore_unused=True)
        except (KeyError, regex.error) as error:
            raise ValueError(f"{pattern}: {error}") from None

    def _part(self, match: regex.Match[str]) -> str:
        return f"(?:{self.parts[match[1]]})"


def load_written(pack: Pack) -> Written:
    """Read how the pack's language writes identifiers.

    RAISES: ValueError that names all files that are missing, or file and key.
    """
    lang = pack.domain.lang
    known, own = DATA / f"{lang}.yml", pack.path / "identifiers.yml"
    swaps = read_swaps(pack)
    there = {
        known: known.is_file() or own.is_file(),
        _places(pack): _places(pack).is_file(),
        language_table(pack, "names.tsv"): swaps.names,
        language_table(pack, "surnames.tsv"): swaps.surnames,
    }
    if missing := [str(path) for path, found in there.items() if not found]:
        raise ValueError(
            f"{pack.path / 'domain.yml'}: lang: {lang!r}: how this language writes "
            f"identifiers is not known. Missing: {', '.join(missing)}. Write them "
            "after those of another language; docs/languages.md says how"
        )
    data = dict(read_shipped(known))
    if own.is_file():
        data = overlay(data, read_mapping(own))
    try:
        return Written.model_validate(data)
    except ValidationError as error:
        path = own if own.is_file() else known
        raise ValueError(explain(error, Written, path)) from None


def read_places(pack: Pack) -> list[str]:
    """Made-up names of places, of the pack or of its language."""
    return [row["name"] for row in read_table(_places(pack), ["name"], ["name"])]


def _places(pack: Pack) -> Path:
    own = pack.path / "places.tsv"
    return own if own.is_file() else DATA / f"{pack.domain.lang}_places.tsv"
