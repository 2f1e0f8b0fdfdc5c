"""Variants of a prompt: how an LLM proposes them, which go on.

Either the guidelines are another's, or the words of a template: of the request, or of
the system message around the guidelines.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from phantom.jsonl import write_text
from phantom.packs.pack import GUIDELINES, Pack
from phantom.prompts.prompter import Prompter
from phantom.prompts.wordings import REQUEST, SYSTEM, Wording, with_wordings
from phantom.records import Record

ORIGINAL = "as it is"


class Variant(Record):
    """One version of the prompt.

    request (str): Words in which passages are asked for; "" for the pack's own.
    system (str): Words around the guidelines; "" for the pack's own.
    aim (str): What was asked of its writer.
    """

    name: str
    guidelines: str
    request: str = ""
    system: str = ""
    aim: str = ""


class Proposal(Record):
    """An ask for a variant."""

    id: str
    aim: str


def propose(
    count: int, aims: Sequence[str], kind: str = "variant", attempt: int = 1
) -> list[Proposal]:
    """So many asks of a kind, each with an aim of its own; then these repeat."""
    return [
        Proposal(id=f"{kind}-{attempt}-{i + 1}", aim=aims[i % len(aims)])
        for i in range(count)
    ]


def make_proposer(pack: Pack, task: str = "propose") -> Prompter:
    """The prompts that ask for variants; they hold the pack alone.

    task (str): "propose" (guidelines), "propose_request" or "propose_message".
    """
    return Prompter(pack, task, show=_show)


def check_guidelines(pack: Pack) -> Callable[[str], str | None]:
    """Why a text can't be guidelines: it must name every label and relation."""

    def check(text: str) -> str | None:
        lacking = [x for x in (*pack.labels, *pack.relations) if x not in text]
        return f"guidelines without {lacking[0]}" if lacking else None

    return check


def with_variant(pack: Pack, variant: Variant) -> Pack:
    """The pack with the prompt of a variant; its files stay as they are."""
    return with_wordings(pack.with_guidelines(variant.guidelines), wordings_of(variant))


def wordings_of(variant: Variant) -> dict[Wording, str]:
    """The templates that a variant words anew."""
    texts = {REQUEST: variant.request, SYSTEM: variant.system}
    return {wording: text for wording, text in texts.items() if text}


def write_pick(pack: Pack, variant: Variant) -> Path:
    """Make a variant the pack's own, as a file in prompts/ that goes before others.

    RETURNS (Path): `guidelines.md`, or the template that is worded anew.
    """
    path, text = pack.path / GUIDELINES, variant.guidelines.rstrip() + "\n"
    for wording, words in wordings_of(variant).items():
        path, text = pack.path / "prompts" / wording.template, wording.fill(words)
    write_text(path, text)
    return path


def find_variant(variants: Sequence[Variant], name: str) -> Variant:
    """A variant by its name. RAISES: ValueError that lists those there are."""
    for variant in variants:
        if variant.name == name:
            return variant
    names = ", ".join(repr(variant.name) for variant in variants)
    raise ValueError(f"no variant {name!r}; there are {names}")


def survivors(scores: Mapping[str, float], cost: Mapping[str, float]) -> list[str]:
    """The better half, the best first; of equals the cheaper.

    Source: Jamieson and Talwalkar 2016, AISTATS (successive halving).
    """
    order = sorted(scores, key=lambda name: (-scores[name], cost.get(name, 0.0), name))
    return order[: max(1, -(-len(order) // 2))]


def rounds(count: int, first: int) -> Iterator[int]:
    """Passages per variant in each round: twice as many where half are left."""
    left, size = count, first
    while left > 1:
        yield size
        left = -(-left // 2)
        size *= 2


def _show(proposal: Proposal) -> tuple[dict[str, Any], str]:
    return {"aim": proposal.aim}, "pack"
