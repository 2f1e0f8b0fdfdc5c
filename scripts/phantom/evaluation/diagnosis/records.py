"""What a diagnosis holds: mistakes, weaknesses, clusters."""

from typing import Literal, NamedTuple

from phantom.evaluation.diagnosis.worth import weigh
from phantom.evaluation.types import Span
from phantom.records import Origin, Record

Family = Literal["mentions", "passages", "relations", "pairs"]
Facets = dict[str, str]


class Item(NamedTuple):
    """One thing that could have gone wrong.

    family (str): "mentions" and "relations" of the gold data; "passages", wrong where
        they have a spurious mention; "pairs" of mentions that gold does not relate,
        wrong where the pipeline does.
    facets (Dict[str, str]): What it looks like, by name.
    label (str): Of the mention or relation; "" for what has none.
    mistakes (Tuple[int, ...]): Places in the list of mistakes; none if it is right.
    """

    family: Family
    facets: Facets
    label: str
    mistakes: tuple[int, ...] = ()


class Mistake(Record):
    """One error in one text.

    family ("mentions" or "relations"): What it is an error on.
    type (str): Of mentions "missed", "spurious", "too long", "too short", "boundary"
        (both ends, or one cut and one drawn out) or "label"; of relations, between the
        gold mentions, "missed", "spurious", "label" or "direction".
    facets (Dict[str, str]): What its place looks like, by name.
    example (int): Place of the text in the diagnosis.
    gold, predicted (str): Labels; "" where there is none.
    gold_span, predicted_span (Optional[Tuple[int, int]]): Of a mention.
    head, tail (Optional[Tuple[int, int]]): Of a relation, as gold has it if it does.
    """

    family: Literal["mentions", "relations"]
    type: str
    example: int
    gold: str = ""
    predicted: str = ""
    gold_span: Span | None = None
    predicted_span: Span | None = None
    head: Span | None = None
    tail: Span | None = None
    facets: Facets = {}

    @property
    def span(self) -> Span:
        """What of the text it is about."""
        if self.head and self.tail:
            return min(self.head, self.tail)[0], max(self.head, self.tail)[1]
        return self.gold_span or self.predicted_span or (0, 0)


class Weakness(Record):
    """What many mistakes have in common, more than chance has it.

    family ("mentions", "passages", "relations" or "pairs"): What is counted: those of
        the gold data, passages with a spurious mention, or pairs of mentions that gold
        does not relate.
    facet, value (str): Such as "form" and "abbreviation".
    label (str): Only of this label; "" for all.
    errors, of (int): Wrong ones among the gold data's items of this cell.
    elsewhere (float): Share of wrong ones outside of the cell.
    excess (float): Errors beyond that share; 0 where that may be chance.
    training, training_of (int): Items of the cell in the training text, and all; both
        0 where that can't be told.
    lack (float): 1 where training has none of the cell, 0 where it has the gold
        data's share or more.
    types (Dict[str, int]): Mistakes by type.
    mistakes (Tuple[int, ...]): Places in the list of mistakes.
    """

    family: Family
    facet: str
    value: str
    label: str = ""
    errors: int
    of: int
    elsewhere: float
    excess: float
    training: int = 0
    training_of: int = 0
    lack: float = 0.0
    types: dict[str, int] = {}
    mistakes: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """For people: "mentions: form = abbreviation"."""
        of = f" of {self.label}" if self.label and self.facet != "label" else ""
        return f"{self.family}{of}: {self.facet} = {self.value}"

    @property
    def worth(self) -> float:
        """What it costs, and what of that more text can mend."""
        return float(weigh(self.errors, self.excess, self.lack))


class Slice(Record):
    """All of one value of one facet, whether it goes wrong more than others or not.

    family ("mentions" or "relations"): What is counted.
    facet, value (str): Such as "form" and "abbreviation".
    errors, of (int): Wrong ones among those of the gold data.
    training (int): Those in the training text.
    types (Dict[str, int]): Errors by type, those that are spurious among them.
    """

    family: Family
    facet: str
    value: str
    errors: int
    of: int
    training: int = 0
    types: dict[str, int] = {}


class Neighbour(Record):
    """A place in the training text near a mistake.

    example (str): Id of the training passage.
    text (str): The sentence or so around it.
    start, end (int): The place in it.
    label (str): How it is marked there, "" for not at all.
    similarity (float): Cosine of the encoder's vectors.
    """

    example: str
    text: str
    start: int
    end: int
    label: str
    similarity: float


class Shown(Record):
    """A mistake of a cluster with its nearest training places.

    mistake (int): Place in the list of mistakes.
    support (List[Neighbour]): Places marked as the pipeline predicted.
    taught (List[Neighbour]): Places marked as gold has it.
    """

    mistake: int
    support: list[Neighbour] = []
    taught: list[Neighbour] = []


class Cluster(Record):
    """Mistakes of one type, label and look.

    name (str): For people.
    mistakes (Tuple[int, ...]): Places in the list of mistakes.
    shown (List[Shown]): Some of them, with their nearest training places.
    missing (str): What training text would have to show and does not; "" if it does.
    """

    name: str
    mistakes: tuple[int, ...]
    shown: list[Shown] = []
    missing: str = ""


class Passage(Record):
    """A text with both annotations.

    id (str): Of the example. text (str): As the offsets count it.
    gold, predicted (List[Tuple[int, int, str]]): Mentions as start, end, label.
    gold_relations, predicted_relations (List): Between the gold mentions, as head
        start, head end, tail start, tail end, label.
    """

    id: str
    text: str
    gold: list[tuple[int, int, str]]
    predicted: list[tuple[int, int, str]]
    gold_relations: list[tuple[int, int, int, int, str]] = []
    predicted_relations: list[tuple[int, int, int, int, str]] = []


class Counts(Record):
    """Right, spurious and missed ones of one text, for comparing two runs.

    unit (str): The document that the text is of; resampled together.
    mentions, relations (Tuple[int, int, int]): Right, spurious, missed.
    """

    unit: str
    mentions: tuple[int, int, int] = (0, 0, 0)
    relations: tuple[int, int, int] = (0, 0, 0)


class Diagnosis(Record):
    """The content of diagnosis.json; it holds the texts that it is about.

    domain (str): Of the pack. source (str): The file of gold data.
    origin (str): The widest that occurs, "synthetic", "public" or "private".
    passages (int): Texts that were read.
    families (Dict[str, Tuple[int, int]]): Wrong and all, by family.
    ours (Dict[str, List[str]]): Relations of the pack that count as those of the data,
        by their name there.
    confusion, relation_confusion (Dict[str, Dict[str, int]]): Counts by gold label and
        predicted label; "" stands for none.
    weaknesses (List[Weakness]): The worst first.
    slices (List[Slice]): By facet, in each the value with most errors first.
    clusters (List[Cluster]): The largest first.
    mistakes (List[Mistake]): All of them; the others name them by place.
    texts (List[Passage]): Those with a mistake.
    counts (Dict[str, Counts]): Of every text, by its id.
    notes (List[str]): What could not be told and why.
    """

    domain: str
    source: str
    origin: Origin
    passages: int
    families: dict[str, tuple[int, int]]
    ours: dict[str, list[str]] = {}
    confusion: dict[str, dict[str, int]]
    relation_confusion: dict[str, dict[str, int]] = {}
    weaknesses: list[Weakness]
    slices: list[Slice] = []
    clusters: list[Cluster]
    mistakes: list[Mistake]
    texts: list[Passage]
    counts: dict[str, Counts] = {}
    notes: list[str] = []
