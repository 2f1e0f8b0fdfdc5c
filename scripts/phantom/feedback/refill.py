"""What the next plan asks for more of: a file that a person reads, edits or refuses."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from pydantic import Field

from phantom.feedback.from_checks import keep_hints
from phantom.feedback.hints import Hint, Hints, usable_hints
from phantom.jsonl import write_text
from phantom.packs.pack import Pack, read_yaml
from phantom.records import Attribute, Record, Spec

HEADER = """\
# What round {number} asks for beyond the plan before it, because of
# {source}.
# Read it, edit it: `now` less `was` examples are added with these kinds, grid values
# and names; a value that the pack does not have is new. Delete an entry, or set `now`
# to `was`, to refuse it. `plan --refill` takes up what is left.
"""


class Ask(Record):
    """More examples of one cell.

    because (str): The weakness that they shall mend; for people, in no prompt.
    was, now (int): Examples of the cell in the plan before and after.
    kinds (List[str]): Of these kinds, by the pack's weights; all kinds if empty.
    attributes (Dict[str, Union[str, int]]): Grid values, new ones among them.
    seeds (Dict[str, List[str]]): Names to use, by label, one an example.
    quotes_real (bool): Whether a value quotes the real text diagnosed.
    from_real (bool): Whether the figures were drawn from such text.
    """

    because: str
    was: int = Field(ge=0)
    now: int = Field(ge=0)
    kinds: list[str] = []
    attributes: dict[str, Attribute] = {}
    seeds: dict[str, list[str]] = {}
    quotes_real: bool = False
    from_real: bool = False

    @property
    def count(self) -> int:
        """Examples to add."""
        return max(0, self.now - self.was)


class Refill(Record):
    """The content of refill.yml.

    public (bool): Whether the text diagnosed was declared public.
    real_passages (int): How many passages of real text there were.
    left_out (Dict[str, int]): What may not leave the house or can't be asked for.
    hints (List[Hint]): Notes for the writer of the new examples.
    """

    domain: str
    round: int
    public: bool = False
    real_passages: int = 0
    left_out: dict[str, int] = {}
    asks: list[Ask] = []
    hints: list[Hint] = []


def keep_refill(
    pack: Pack,
    number: int,
    asks: Sequence[Ask],
    hints: Iterable[Hint],
    real_passages: int,
    public: bool,
    left_out: Counter[str],
) -> Refill:
    """What of a diagnosis may leave the house, by the rule that hints are held to.

    real_passages (int): Passages of real text that were diagnosed.
    public (bool): Whether a person declared that text public.
    left_out (Counter[str]): What could not be asked for, by reason.
    """
    about = {str(i): ask for i, ask in enumerate(asks)}
    judged = keep_hints(
        (
            Hint(
                text="",
                size=ask.count,
                about=name,
                quotes_real=ask.quotes_real,
                from_real=ask.from_real,
            )
            for name, ask in about.items()
        ),
        real_passages,
        public,
    )
    notes = keep_hints(hints, real_passages, public)
    left_out += Counter(judged.left_out) + Counter(notes.left_out)
    return Refill(
        domain=pack.name,
        round=number,
        public=public,
        real_passages=real_passages,
        left_out=dict(left_out),
        asks=[about[hint.about] for hint in judged.hints],
        hints=notes.hints,
    )


def write_refill(path: Path, refill: Refill, source: str) -> None:
    """Write the file that a person reads; whole or not at all.

    source (str): What it comes from, such as "the errors in dev.jsonl"; private text
        does not stand in it.
    """
    data = refill.model_dump(mode="json", exclude_defaults=True)
    data = {"domain": refill.domain, "round": refill.round, **data}
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=88)
    write_text(path, HEADER.format(number=refill.round, source=source) + text)


def read_refill(path: Path, pack: Pack) -> tuple[list[Ask], list[Hint], dict[str, int]]:
    """Read a refill.yml as it is now, whoever edited it.

    RETURNS (Tuple[List[Ask], List[Hint], Dict[str, int]]): What may be asked for, and
        what is left out by reason.
    RAISES: ValueError that names file and key.
    """
    if not path.is_file():
        raise ValueError(f"{path}: no such file; `refill` writes it")
    refill = read_yaml(path, Refill)
    if refill.domain != pack.name:
        raise ValueError(f"{path}: domain: {refill.domain!r}, not {pack.name!r}")
    for i, ask in enumerate(refill.asks):
        unknown = [kind for kind in ask.kinds if kind not in pack.kinds]
        unknown += [label for label in ask.seeds if label not in pack.labels]
        if unknown:
            raise ValueError(
                f"{path}: asks.{i}: {unknown[0]!r} is neither a kind nor a label of "
                f"{pack.path / 'domain.yml'}"
            )
    # Held to the rule again: the file may have been edited, or moved.
    kept = keep_refill(
        pack,
        refill.round,
        [ask for ask in refill.asks if ask.count],
        (),
        refill.real_passages,
        refill.public,
        Counter(refill.left_out),
    )
    hints, left_out = usable_hints(
        Hints(
            public=refill.public,
            real_passages=refill.real_passages,
            left_out=kept.left_out,
            hints=refill.hints,
        ),
        pack,
    )
    return kept.asks, hints, left_out


def matches(spec: Spec, ask: Ask) -> bool:
    """Whether a spec is of the cell that is asked for; names aside."""
    return (not ask.kinds or spec.kind in ask.kinds) and all(
        spec.attributes.get(name) == value for name, value in ask.attributes.items()
    )
