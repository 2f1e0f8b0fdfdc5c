"""What the page sends to be saved, and why it is refused."""

from typing import Literal

from pydantic import Field

from phantom.records import Record
from phantom.records.comparisons import Key, Name
from phantom.review.records import Annotation, Role, Verdict
from phantom.review.validation import Problem


class Save(Record):
    """What the page sends to save a decision.

    base (Optional[str]): Key of the person's latest decision on the example, as far
        as the page knows; None if there is none.
    ghosts (bool): Whether the pipeline's predictions were shown.
    explained (bool): Whether it was shown why they were made.
    """

    key: Key
    example: str
    annotator: Name
    role: Role = "annotator"
    verdict: Verdict
    after: Annotation | None = None
    seconds: float
    base: Key | None = None
    ghosts: bool = False
    explained: bool = False


class PickSave(Record):
    """What the page sends to save a pick.

    comparison (str): Digest of what was shown.
    position (Optional[int]): Of the candidate among those side by side, from 0 on;
        None if none of them will do.
    """

    key: Key
    comparison: str
    annotator: Name
    position: int | None = Field(ge=0)
    note: str = Field(default="", max_length=2000)
    seconds: float


class Refused(ValueError):
    """A decision that can't be saved.

    code ("unknown", "stale" or "invalid"): Why. problems (List[Problem]): With what.
    """

    def __init__(
        self,
        code: Literal["unknown", "stale", "invalid"],
        detail: str,
        problems: list[Problem] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.problems = problems or []
