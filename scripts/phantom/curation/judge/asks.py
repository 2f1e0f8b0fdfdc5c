"""What a judge is asked: passages one by one, and pairs in both orders."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from phantom.packs.pack import Pack
from phantom.packs.rubric import Rubric
from phantom.prompts.demonstrations import to_item
from phantom.prompts.prompter import Prompter
from phantom.records import Example, Record, digest

ORDERS = ("straight", "swapped")


class Ask(Record):
    """One question. fields (Dict[str, Any]): What the model sees of it."""

    id: str
    fields: dict[str, Any]
    origin: str


def make_judge(pack: Pack, rubric: Rubric, pairs: bool = False) -> Prompter:
    """The prompts of a judge. pairs (bool): For two passages side by side."""
    return Prompter(
        pack, "judge_pair" if pairs else "judge", show=_show, values={"rubric": rubric}
    )


def ask_votes(examples: Sequence[Example], votes: int, seed: int = 0) -> Iterator[Ask]:
    """Each passage once per vote; no request holds two votes on one.

    The order differs from vote to vote, so that a passage has other neighbors.
    """
    for vote in range(votes):
        order = list(examples)
        random.Random(f"{seed} {vote}").shuffle(order)
        for example in order:
            fields = to_item(example)
            name = f"{example.id}#{_digest(fields)}#{vote}"
            yield Ask(id=name, fields=fields, origin=example.origin)


def ask_pairs(pairs: Sequence[tuple[str, Example, Example]]) -> Iterator[Ask]:
    """Each pair in both orders, far apart.

    pairs (Sequence[Tuple[str, Example, Example]]): A name and two passages.
    """
    for order in ORDERS:
        for name, one, two in pairs:
            shown = (one, two) if order == "straight" else (two, one)
            first, second = map(to_item, shown)
            origin = max((one.origin, two.origin), key=_ORIGINS.index)
            fields = {"first": first, "second": second}
            held = f"{name}#{_digest(to_item(one) | {'or': to_item(two)})}#{order}"
            yield Ask(id=held, fields=fields, origin=origin)


_ORIGINS = ("synthetic", "public", "private")


def _digest(fields: dict[str, Any]) -> str:
    """So that no vote on what a passage was before counts for what it is now."""
    return digest(json.dumps(fields, ensure_ascii=False))[:8]


def _show(ask: Ask) -> tuple[dict[str, Any], str]:
    return ask.fields, ask.origin
