"""What is told of a word that a label hangs on."""

from typing import Literal

from phantom.records import Record

LEVEL = 0.05


class Rate(Record):
    """How often something happened, beside what other words do in the same places.

    times, of (int): With the word. control, control_of (int): With other words.
    low, high (float): 95% interval of the share (Clopper-Pearson).
    p (float): One-sided, by Fisher's exact test; corrected over all words (Holm).
    """

    times: int
    of: int
    control: int
    control_of: int
    low: float
    high: float
    p: float

    @property
    def excess(self) -> float:
        """The share less that of the other words."""
        here = self.times / self.of if self.of else 0.0
        return here - (self.control / self.control_of if self.control_of else 0.0)


class Shortcut(Record):
    """A word that a label hangs on.

    passages (int): With the word outside of all mentions. together (int): Of those
        with the label.
    carried (Rate): Passages without the word in which the label comes up where it was
        not, once the word is put in at a place drawn by chance.
    lost (Rate): Decisions beside the word that are not made once it is taken out.
    """

    family: Literal["mentions", "relations"]
    label: str
    word: str
    passages: int
    together: int
    carried: Rate
    lost: Rate

    @property
    def is_alone(self) -> bool:
        """Whether the word brings the label wherever it stands."""
        return self.carried.p < LEVEL

    @property
    def is_needed(self) -> bool:
        """Whether decisions fail without it."""
        return self.lost.p < LEVEL

    @property
    def strength(self) -> float:
        """By how much it brings and takes the label, 0 to 2."""
        return self.carried.excess + self.lost.excess


class Shortcuts(Record):
    """The content of shortcuts.json, the strongest first; passages (int): Read."""

    domain: str
    passages: int
    found: list[Shortcut]
