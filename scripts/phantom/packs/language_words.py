"""The parts of a language's data: words of numbers, people, prompts and notes."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from phantom.records import Record


class Sentences(Record):
    """A hint where real text has more of something, and where it has less."""

    more: str
    less: str


class SameAmount(Record):
    """Two units for one amount: so many of the second are one of the first.

    one, many (Tuple[str, str]): What a unit is called after 1, and after other numbers.
    times (Decimal): Such as 7 for weeks and days.
    """

    one: tuple[str, str]
    many: tuple[str, str]
    times: Decimal = Field(gt=0)


class Wording(Record):
    """How a writer is asked for a look of mentions or relations.

    attribute (str): The attribute of specs that says it.
    like (str): Regular expression; a value of the pack's grid that it is found in says
        the same.
    say (str): The new value where the grid has none; {value} is put in.
    """

    attribute: str
    like: str = ""
    say: str


class Inflections(Record):
    """Endings of names that make no other name of them.

    last (List[str]): Of the last word, as of a plural. before (List[str]): Of others.
    kept (List[str]): Ends of words that bear no ending, such as "ss".
    least (int): Letters that a word keeps where names are looked up.
    short (List[str]): Of short forms; a mention may end before them.
    genitive (List[str]): What stands behind a name with a mark, such as "'s".
    """

    last: list[str] = []
    before: list[str] = []
    kept: list[str] = []
    least: int = Field(default=3, ge=1)
    short: list[str] = []
    genitive: list[str] = []

    def of_words(self) -> dict[str, Any]:
        """The settings of `make_stem` in the component `document_names`."""
        endings = list(dict.fromkeys([*self.last, *self.before]))
        return {"endings": endings, "kept": self.kept, "least": self.least}


class FigureWords(Record):
    """Words beside numbers in running text, all in lower case but units.

    scales (Dict[str, Decimal]): Factor by word, such as {"million": 1e6}.
    units (Dict[str, Dict[str, Decimal]]): Factor by word by unit; `amounts` adds more.
    money (Dict[str, str]): ISO 4217 code by a name that CLDR lacks.
    approximate (List[str]): Words that widen the next number by 5% to each side.
    ordinals (List[str]): What ends an ordinal in digits, such as "th".
    fractions (Dict[str, str]): Digits by word, such as {"half": "0.5"}.
    """

    scales: dict[str, Decimal] = {}
    units: dict[str, dict[str, Decimal]] = {}
    money: dict[str, str] = {}
    approximate: list[str] = []
    ordinals: list[str] = []
    fractions: dict[str, str] = {}


class DirectionWords(Record):
    """Words that say which way something went.

    neither (List[str]): Phrases that hold one and say nothing of it, as "up to".
    clauses (List[str]): Begin a clause.
    """

    up: list[str] = []
    down: list[str] = []
    unchanged: list[str] = []
    neither: list[str] = []
    clauses: list[str] = []


class PeopleWords(Record):
    """How text tells of one patient, and of what the patient takes.

    ages (List[str]): Regular expressions for an age; the first group are whole years.
    adult (int): Age from which doses are those of adults.
    often (Dict[str, float]): Words for how many times a day.
    not_daily (List[str]): Words after a dose that is for more than a day.
    not_doses (List[str]): What follows a unit where the figure is no dose, as "/kg".
    apart (List[str]): Words that deny, withhold or warn, or tell of somebody else or of
        animals; "*" ends the beginning of one.
    """

    ages: list[str] = []
    adult: int = 18
    often: dict[str, float] = {}
    not_daily: list[str] = []
    not_doses: list[str] = []
    apart: list[str] = []


class PromptWords(Record):
    """What a prompt says around its specs, and how answers to a judge are read.

    fields (Dict[str, str]): What the fields of a spec, an ask or facts are called.
    precedence (str): Said once in a prompt whose specs have notes on style.
    reasons (Dict[str, str]): Why a spec is asked for again, by its code.
    bad_tags (str): The reason for any other code, where {reason} may stand.
    agrees, denies, first, second, same (List[str]): Words of a judge, in any case.
    guideline_aims, request_aims, message_aims (List[str]): What a variant shall do, of
        the guidelines, of the request and of the message around the guidelines.
    """

    fields: dict[str, str] = {}
    precedence: str
    reasons: dict[str, str]
    bad_tags: str
    agrees: list[str] = Field(min_length=1)
    denies: list[str] = Field(min_length=1)
    first: list[str] = Field(min_length=1)
    second: list[str] = Field(min_length=1)
    same: list[str] = Field(min_length=1)
    guideline_aims: list[str] = Field(min_length=1)
    request_aims: list[str] = Field(min_length=1)
    message_aims: list[str] = Field(min_length=1)


class ContextRule(Record):
    """Phrases that say something of the mentions beside them in a sentence.

    attribute, value (str): What they say, such as negation: negated.
    before, behind (List[str]): Phrases that stand before a mention, and behind it.
    sections (List[str]): Labels of sections whose mentions all bear it.
    reach (Optional[int]): Most tokens from a phrase to the end of a mention; None for
        the whole sentence.
    """

    attribute: str
    value: str
    before: list[str] = []
    behind: list[str] = []
    sections: list[str] = []
    reach: int | None = Field(default=None, ge=1)


class ContextData(Record):
    """What the component `context` reads by. See there for `ignore` and `stop`."""

    rules: list[ContextRule] = []
    ignore: list[str] = []
    stop: list[str] = []


class NoteWords(Record):
    """How wards write: words left out, rows of vital signs, sentences with gaps.

    vitals, masked (List[str]): {60-95} is a number drawn; {name}, {place}, {date}.
    """

    left_out: list[str] = []
    vitals: list[str] = []
    masked: list[str] = []
