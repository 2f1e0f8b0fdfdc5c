"""The content of domain.yml as checked models."""

import re
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, field_validator

from phantom.packs.earlier import is_old_augment, list_augmenters
from phantom.records import Attribute, Record

# What phantom.passages.tags reads as a label.
LABEL = re.compile("[A-Z][A-Z0-9_]*")


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return pattern


Words = Annotated[list[str], AfterValidator(lambda words: [w.lower() for w in words])]
Pattern = Annotated[str, AfterValidator(_check_pattern)]


class MentionRules(Record):
    """How mentions of a label begin, end and look; the check `boundaries` holds them.

    leading, trailing (List[str]): Words that do not belong to the span there, in any
        case; an article never does. "-mutation" is the end of a word with a hyphen.
    never (List[str]): Whole mentions that are none, such as "disease", in any case.
    forbid (List[str]): Regular expressions; a mention that matches one from end to
        end is none, such as "rs[0-9]+".
    keep (List[str]): Regular expressions; a mention that matches one from end to end
        stays as it is, whatever else is said, such as "The [A-Z].*" for titles.
    """

    leading: Words = []
    trailing: Words = []
    never: Words = []
    forbid: list[Pattern] = []
    keep: list[Pattern] = []


class Label(Record):
    """An entity label.

    not_marked (List[str]): What looks like one and is not, in words for the writer.
    rules (MentionRules): The same as far as a program can hold it.
    """

    definition: str
    not_marked: list[str] = []
    examples: list[str] = []
    rules: MentionRules = MentionRules()


# A share relative to others; "not a number" and infinity would take all or nothing.
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class RelationRule(Record):
    """A relation label and the entity labels that it may join.

    head, tail (List[str]): Allowed entity labels on each side.
    symmetric (bool): Whether (a, b) says the same as (b, a).
    spread (bool): Whether it holds for every mention of its two ends; false where
        equal words need not be the same thing, such as amounts.
    """

    definition: str
    head: list[str] = Field(min_length=1)
    tail: list[str] = Field(min_length=1)
    symmetric: bool = False
    spread: bool = True

    def allows(self, head: str, tail: str) -> bool:
        """Whether it may join these entity labels, in this direction."""
        return head in self.head and tail in self.tail


class Kind(Record):
    """A kind of example, with its share of the plan.

    weight (float): Share, relative to the other kinds.
    entities (Dict[str, int]): Largest number of seeds by entity label.
    open (float): Probability that a label's term is left to the writer.
    relation (Optional[str]): Must be stated at least once.
    forbids (List[str]): Relations that must not be stated; "*" is all of them.
    empty (bool): The passage holds no entity at all.
    document (bool): A whole document with a title: relations are read over its
        sentence borders, and `feeding` says how it is trained on.
    lines (bool): Its line breaks are part of it, as in lists and notes.
    passes (Optional[int]): How often a document of this kind is cut for training,
        where not as often as `feeding` says.
    pairs (Optional[str]): Knowledge table that the seeds are drawn from.
    """

    weight: Weight
    entities: dict[str, Annotated[int, Field(ge=1)]] = {}
    open: float = Field(default=0.0, ge=0, le=1)
    relation: str | None = None
    forbids: list[str] = []
    empty: bool = False
    document: bool = False
    lines: bool = False
    passes: int | None = Field(default=None, ge=0)
    pairs: str | None = None


class AttributeGrid(Record):
    """One attribute of a spec. values: weight by value; kinds: where it applies."""

    values: dict[Attribute, Weight] = Field(min_length=1)
    kinds: list[str] | None = None
    except_kinds: list[str] = []

    def applies_to(self, kind: str) -> bool:
        """Whether specs of this kind carry the attribute."""
        if kind in self.except_kinds:
            return False
        return self.kinds is None or kind in self.kinds


class Lexicon(Record):
    """A table of names. file (str): .tsv with a header and a `name` column.

    weight (float): Share of the label's seeds drawn from it.
    baseline (bool): Whether the dictionary baseline uses it.
    """

    file: str
    weight: Weight = 1.0
    baseline: bool = True
    licence: str
    source: str


class PairTable(Record):
    """Pairs known to hold. head, tail: entity label and column of the .tsv.

    where (Dict[str, List[str]]): Keep rows whose column holds one of the values.
    """

    file: str
    head: tuple[str, str]
    tail: tuple[str, str]
    where: dict[str, list[str]] = {}
    licence: str
    source: str


class Feeding(Record):
    """How whole documents are trained on.

    sentences (List[Union[int, str]]): Lengths of the windows they are cut into, in
        sentences, "all" for the rest of the document; each as likely as the others.
    passes (int): How often each document is cut, elsewhere each time.
    whole (bool): Whether they are fed whole, too.
    vary (List): Augmenters, as in `augment`, whose variants take the place of windows.
    nominal (Dict[str, List[str]]): By entity label, words that stand for what a
        document is about, such as "the company": training knows them as ends of the
        relations of the name in its title.
    """

    sentences: list[Annotated[int, Field(ge=1)] | Literal["all"]] = Field(
        default=[1, 2, 3], min_length=1
    )
    passes: int = Field(default=1, ge=0)
    whole: bool = False
    vary: list[dict[str, dict[str, Any] | None]] = []
    nominal: dict[str, Annotated[list[str], Field(min_length=1)]] = {}


class Generation(Record):
    """How specs are asked for.

    specs_per_request (int): More share the cost of the guidelines, but one long
        answer is easier to spoil.
    demonstrations (int): Worked examples in each prompt.
    """

    specs_per_request: int = Field(default=10, ge=1)
    demonstrations: int = Field(default=2, ge=0)


class Domain(Record):
    """The content of domain.yml."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    lang: str = "en"
    title: str
    licence: str
    sources: list[dict[str, str]] = []
    labels: dict[str, Label] = Field(min_length=1)
    relations: dict[str, RelationRule] = {}
    kinds: dict[str, Kind] = Field(min_length=1)
    attributes: dict[str, AttributeGrid] = {}
    excludes: list[dict[str, list[Attribute]]] = []
    lexicons: dict[str, list[Lexicon]] = {}
    pairs: dict[str, PairTable] = {}
    feeding: Feeding = Feeding()
    augment: list[dict[str, dict[str, Any] | None]] = []
    generation: Generation = Generation()
    sample: str = ""

    @field_validator("labels")
    @classmethod
    def _check_names(cls, labels: dict[str, Label]) -> dict[str, Label]:
        for name in labels:
            if not LABEL.fullmatch(name):
                raise ValueError(
                    f"{name!r} can't be a tag; use capital letters, digits and _, "
                    "such as CELL_LINE"
                )
        return labels

    @field_validator("augment", mode="before")
    @classmethod
    def _list_augmenters(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if is_old_augment(value):
            return list_augmenters(value)
        listed = [{name: settings} for name, settings in value.items()]
        raise ValueError(
            "expected a list of augmenters in order, each with its settings; write\n"
            + yaml.safe_dump({"augment": listed}, sort_keys=False)
        )

    @field_validator("excludes", mode="before")
    @classmethod
    def _listify(cls, rules: Any) -> Any:
        if not isinstance(rules, list):
            return rules
        return [
            {k: v if isinstance(v, list) else [v] for k, v in rule.items()}
            if isinstance(rule, dict)
            else rule
            for rule in rules
        ]
