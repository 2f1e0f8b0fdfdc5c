"""What checks and hints know of a language: its word lists and its sentences."""

import runpy
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from phantom.packs.domain import Domain
from phantom.packs.language_words import (
    ContextData,
    DirectionWords,
    FigureWords,
    Inflections,
    NoteWords,
    PeopleWords,
    PromptWords,
    SameAmount,
    Sentences,
    Wording,
)
from phantom.packs.pack import explain, read_mapping, read_shipped
from phantom.records import Record
from phantom.registry import overlay

DATA = Path(__file__).parent / "data"


class LanguageData(Record):
    """The content of packs/data/<lang>.yml under the pack's language.yml.

    articles (List[str]): Words that begin no mention.
    endings (str): Characters that may end a passage; "" for any.
    titles (List[str]): Attribute values whose passages need no ending.
    dangling (List[str]): Words that end no passage.
    unended (List[str]): Words with a full stop that ends no sentence.
    conjunctions, onward (List[str]): Words that join names, and that go on behind one.
    inflections (Inflections): Endings of names.
    openings (Dict[str, str]): Openings that are counted, by the measure's name.
    hints (Dict[str, Sentences]): By a feature or by the unit that it has.
    features (Dict[str, str]): What a feature is called in the sentences.
    amounts (List[SameAmount]): Units in which one amount can be said.
    dates (List[str]): Forms of a date with day and year, as CLDR writes patterns.
    dates_read (List[str]): Further forms of a date that a text may use.
    figures (FigureWords): Words beside numbers.
    directions (DirectionWords): Words for a change.
    people (PeopleWords): Words for patients, and for how often a drug is taken.
    asks (Dict[str, Wording]): By "facet: value" of a diagnosis, or by facet.
    headings (Dict[str, List[str]]): Forms of each section's heading, by its label.
    borrowed (Dict[str, List[str]]): Short forms from another language: what the words
        of the long form begin with, in their order.
    notes (NoteWords): What augmenters make notes of wards by.
    prompt (PromptWords): What prompts say around the specs.
    context (ContextData): Phrases of denial, doubt, other persons and other times.
    canary (str): A sentence that marks {} and says nothing, its tokens with blanks.
    """

    articles: list[str] = []
    endings: str = ""
    titles: list[str] = []
    dangling: list[str] = []
    unended: list[str] = []
    conjunctions: list[str] = []
    onward: list[str] = []
    inflections: Inflections = Inflections()
    openings: dict[str, str] = {}
    hints: dict[str, Sentences] = {}
    features: dict[str, str] = {}
    amounts: list[SameAmount] = []
    dates: list[str] = []
    dates_read: list[str] = []
    figures: FigureWords = FigureWords()
    directions: DirectionWords = DirectionWords()
    people: PeopleWords = PeopleWords()
    asks: dict[str, Wording] = {}
    headings: dict[str, list[str]] = {}
    borrowed: dict[str, list[str]] = {}
    notes: NoteWords = NoteWords()
    prompt: PromptWords
    context: ContextData = ContextData()
    canary: str

    def say(self, unit: str, feature: str, more: bool, **values: str) -> str:
        """The hint on a feature, else on its unit, with the values put in."""
        pair = self.hints.get(feature) or self.hints[unit]
        called = self.features.get(feature, feature)
        return (pair.more if more else pair.less).format(feature=called, **values)


def load_language(code: str, pack: Path | None = None) -> LanguageData:
    """Read what is known of a language.

    A language without a file has no word lists; its hints and the words around specs
    are those of packs that name no language, unless the pack's language.yml has them.

    pack (Optional[Path]): A pack's folder, whose language.yml is laid over the file.
    RAISES: ValueError that names file and key.
    """
    known = DATA / f"{code}.yml"
    data = dict(read_shipped(known))
    own = pack and pack / "language.yml"
    if own and own.is_file():
        data = overlay(data, read_mapping(own))
    usual = read_shipped(DATA / f"{Domain.model_fields['lang'].default}.yml")
    for key in ("hints", "features", "asks", "prompt"):
        data[key] = overlay(usual[key], data.get(key) or {})
    data.setdefault("canary", usual["canary"])
    try:
        return LanguageData.model_validate(data)
    except ValidationError as error:
        raise ValueError(explain(error, LanguageData, own or known)) from None


@cache
def stop_words(code: str) -> frozenset[str]:
    """spaCy's function words of a language. RAISES: ValueError if it has none."""
    # The file alone: importing spacy.lang.fr compiles expressions for seconds.
    path = files("spacy.lang") / code / "stop_words.py"
    if not path.is_file():
        raise ValueError(f"spaCy has no stop words for {code!r}; use another language")
    return frozenset(runpy.run_path(str(path))["STOP_WORDS"])
