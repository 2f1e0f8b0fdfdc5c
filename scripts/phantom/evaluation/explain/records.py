"""What an explanation holds."""

from typing import Literal

from phantom.evaluation.diagnosis.records import Neighbour
from phantom.evaluation.types import Mention, Span
from phantom.records import Origin, Record


class Flip(Record):
    """The smallest edit that was found under which the pipeline decides otherwise.

    words (Tuple[Tuple[int, int], ...]): What goes, in characters of the text.
    by (str): What takes its place; "" for nothing.
    text (str): The text after the edit.
    then (str): The label that the pipeline gives then, "" for none.
    """

    words: tuple[Span, ...]
    by: str = ""
    text: str
    then: str = ""


class Explanation(Record):
    """Why a pipeline finds one mention or relation.

    spans (Tuple[Tuple[int, int], ...]): The mention, or head and tail.
    chance (float): Of the mention given what stands before it, or of the relation, by
        the pipeline in fp32.
    score, blank (float): Log-odds of the text, and of the text with every wordpiece
        masked.
    values (List[float]): What each token adds; they sum up to `score` less `blank`.
    error (float): By how much they do not, as a share of that difference.
    steps (int): Points that were taken on the way from one to the other.
    flip (Optional[Flip]): None if none of the edits tried changes the decision.
    tried (int): Edits that were tried.
    near (List[Neighbour]): Places of the training text marked like this.
    """

    family: Literal["mentions", "relations"]
    label: str
    spans: tuple[Span, ...]
    chance: float
    score: float
    blank: float
    values: list[float]
    error: float
    steps: int
    flip: Flip | None = None
    tried: int = 0
    near: list[Neighbour] = []


class Explained(Record):
    """A text with all that the pipeline found in it, explained.

    tokens (List[Tuple[int, int]]): In characters.
    seconds (float): Processor time of the attributions.
    """

    id: str
    text: str
    origin: Origin
    tokens: list[Span]
    mentions: list[Mention]
    explanations: list[Explanation]
    seconds: float
