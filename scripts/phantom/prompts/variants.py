"""Variants of a prompt: how an LLM proposes them, which go on.

Either the guidelines are another's, or the words in which passages are asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from phantom.jsonl import write_text
from phantom.packs.pack import GUIDELINES, Pack
from phantom.prompts.prompter import Prompter
from phantom.prompts.requests import AIMS as REQUEST_AIMS
from phantom.prompts.requests import TEMPLATE, to_template, with_request
from phantom.records import Record

ORIGINAL = "as it is"
# Each asks for another kind of change, so that variants differ.
AIMS = (
    "Say the same in fewer words, and put the rules that are broken most easily first.",
    "Ask for more variety: other sentence forms, lengths, openings and settings.",
    "Make the text more like real documents: their layout, abbreviations and detail.",
    "Spell out the borders of mentions, with two short examples for each label.",
    "Spell out when a relation is stated and when two names only stand together.",
    "Turn the guidelines into a list of checks that a writer goes through at the end.",
)


class Variant(Record):
    """One version of the prompt.

    request (str): Words in which passages are asked for; "" for the pack's own.
    aim (str): What was asked of its writer.
    """

    name: str
    guidelines: str
    request: str = ""
    aim: str = ""


class Proposal(Record):
    """An ask for a variant."""

    id: str
    aim: str


def propose(count: int, attempt: int = 1) -> list[Proposal]:
    """So many asks for guidelines, each with an aim of its own; then these repeat."""
    return _propose("variant", AIMS, count, attempt)


def propose_requests(count: int, attempt: int = 1) -> list[Proposal]:
    """So many asks for requests, likewise."""
    return _propose("request", REQUEST_AIMS, count, attempt)


def _propose(
    kind: str, aims: Sequence[str], count: int, attempt: int
) -> list[Proposal]:
    return [
        Proposal(id=f"{kind}-{attempt}-{i + 1}", aim=aims[i % len(aims)])
        for i in range(count)
    ]


def make_proposer(pack: Pack, task: str = "propose") -> Prompter:
    """The prompts that ask for variants; they hold the pack alone.

    task (str): "propose" (guidelines) or "propose_request".
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
    return with_request(pack.with_guidelines(variant.guidelines), variant.request)


def write_pick(pack: Pack, variant: Variant) -> Path:
    """Make a variant the pack's own, as a file in prompts/ that goes before others.

    RETURNS (Path): `guidelines.md`, or the template of requests.
    """
    if variant.request:
        path = pack.path / "prompts" / TEMPLATE
        write_text(path, to_template(variant.request))
    else:
        path = pack.path / GUIDELINES
        write_text(path, variant.guidelines.rstrip() + "\n")
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
