"""Hints: what distinguishes a corpus from real text, for the next round's prompts."""

import random
import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from phantom.packs.pack import Pack
from phantom.records import Record, Spec

# So many of the hints stand in one spec; prompts shall not all say the same.
NOTES = 3
QUOTES = "quoting words of real text that is not declared public (vars.public_text)"
_TOKEN = re.compile(r"\w+")


class Hint(Record):
    """One sentence that a writer can follow.

    text (str): All of the hint that goes into prompts; it holds no ratio.
    check (str): The check that it comes from, which is written in as it is run.
    size (float): How large the difference is: of words, how many times more frequent;
        of figures, Cohen's d; of entities, synthetic over real.
    about (str): The word or the figure that it speaks of.
    of ("word", "passage" or "entities"): What it asks the writer to change; one on a
        word is not for specs that bring the word in, one on entities not for specs
        without any.
    quotes_real (bool): Whether it quotes words of the real text compared with.
    from_real (bool): Whether its figures were drawn from that text.
    """

    text: str
    check: str = ""
    size: float
    about: str
    of: Literal["word", "passage", "entities"] = "passage"
    quotes_real: bool = False
    from_real: bool = True


class Hints(Record):
    """The content of hints.json.

    public (bool): Whether the real text compared with was declared public.
    real_passages (int): How many passages of it there were.
    left_out (Dict[str, int]): Hints that may not leave the house, by reason. The file
        does not hold them.
    hints (List[Hint]): The others.
    """

    public: bool
    real_passages: int
    left_out: dict[str, int] = {}
    hints: list[Hint] = []


def read_hints(path: Path) -> Hints:
    """Read a hints.json. RAISES: ValueError that says how to mend it."""
    if not path.is_file():
        raise ValueError(f"{path}: no such file; `check` writes hints.json")
    try:
        return Hints.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        item = error.errors()[0]
        where = ".".join(map(str, item["loc"])) or "file"
        raise ValueError(f"{path}: {where}: {item['msg']}; run `check` again") from None


def usable_hints(hints: Hints, pack: Pack) -> tuple[list[Hint], dict[str, int]]:
    """The hints that specs of a pack may carry.

    RETURNS (Tuple[List[Hint], Dict[str, int]]): The hints, and how many are left out
        by reason, those that `check` left out among them.
    """
    left_out = Counter(hints.left_out)
    usable = []
    for hint in hints.hints:
        if hint.quotes_real and not hints.public:
            left_out[QUOTES] += 1
        elif hint.about == "kind" or hint.about in pack.attributes:
            left_out[
                f"on {hint.about!r}, which every spec gives itself (change the weights "
                "in domain.yml)"
            ] += 1
        else:
            usable.append(hint)
    return usable, dict(left_out)


def add_style(
    specs: Sequence[Spec],
    hints: Sequence[Hint],
    pack: Pack,
    seed: int = 0,
    keep: Collection[str] = (),
) -> list[Spec]:
    """The specs with a few hints each as notes on style; their ids stay.

    keep (Collection[str]): Ids of specs that were answered; they stay as they are.
    seed (int): Which hints a spec gets depends on it and on the spec's id alone.
    """
    return [
        spec
        if spec.id in keep
        else spec.model_copy(update={"style": _draw(spec, hints, pack, seed)})
        for spec in specs
    ]


def _draw(spec: Spec, hints: Sequence[Hint], pack: Pack, seed: int) -> list[str]:
    """A few hints; none on a word that the spec itself brings in."""
    seeds = (term for terms in spec.seeds.values() for term in terms)
    own = _words(spec.kind, *map(str, spec.attributes.values()), *seeds)
    kind = pack.kinds.get(spec.kind)
    empty = kind is not None and kind.empty
    fitting = [
        hint.text
        for hint in hints
        if not (empty and hint.of == "entities")
        and not (hint.of == "word" and own & _words(hint.about))
    ]
    rng = random.Random(f"{seed} {spec.id}")
    return rng.sample(fitting, min(NOTES, len(fitting)))


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in _TOKEN.findall(text.lower())}
