"""Tags of tokens to spans: IOB1, IOB2, BIOES, BILOU, IO."""

import re
from collections.abc import Iterable, Sequence

from phantom.formats.base import Report

TAG = re.compile(r"([BIESLUMW])[-_](\S.*)")
# Letters of the other schemes, as those of BIOES.
SAME = {"M": "I", "L": "E", "U": "S", "W": "S"}


def is_tag(cell: str) -> bool:
    """Whether a cell is a tag: "O", or a letter with a label."""
    return cell == "O" or TAG.fullmatch(cell) is not None


def split_tag(tag: str) -> tuple[str, str]:
    """The letter, as in BIOES, and the label; ("O", "") outside.

    RAISES: ValueError if it is no tag.
    """
    if tag == "O":
        return "O", ""
    match = TAG.fullmatch(tag)
    if match is None:
        raise ValueError(
            f"{tag!r} is no tag; expected O, or B, I, E (L) or S (U) with a label, "
            "such as B-ORG"
        )
    return SAME.get(match[1], match[1]), match[2]


def name_scheme(sentences: Iterable[Sequence[str]]) -> str:
    """The scheme that all sentences of a file share, by the letters they use.

    RETURNS (str): "IO", "IOB1", "IOB2" or "BIOES" (BILOU too).
    """
    letters: set[str] = set()
    opened = False
    for tags in sentences:
        before = ("O", "")
        for tag in tags:
            here = split_tag(tag)
            letters.add(here[0])
            opened |= here[0] == "I" and before[1] != here[1]
            before = here
    if letters & {"E", "S"}:
        return "BIOES"
    if "B" not in letters:
        return "IO" if "I" in letters else "IOB2"
    return "IOB1" if opened else "IOB2"


def read_spans(tags: Sequence[str], scheme: str = "IOB1") -> list[tuple[int, int, str]]:
    """Tags to (first token, end token, label).

    In IO and IOB, an I after another label or nothing begins a span.

    RAISES: ValueError if BIOES tags don't fit together, with the token's place.
    """
    spans: list[tuple[int, int, str]] = []
    open_ = False
    for i, tag in enumerate(tags):
        letter, label = split_tag(tag)
        goes_on = bool(spans) and spans[-1][1:] == (i, label)
        if scheme == "BIOES":
            if open_ != (letter in ("I", "E")) or (open_ and not goes_on):
                raise ValueError(
                    f"tag {i + 1} is {tag}, which does not follow "
                    f"{tags[i - 1] if i else 'the beginning'} in BIOES or BILOU"
                )
            open_ = letter in ("B", "I")
        if letter in ("I", "E") and goes_on:
            spans[-1] = (spans[-1][0], i + 1, label)
        elif letter != "O":
            spans.append((i, i + 1, label))
    if open_:
        raise ValueError(f"the last tag is {tags[-1]}, which ends no mention")
    return spans


def write_tags(length: int, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """IOB2 tags of so many tokens."""
    tags = ["O"] * length
    for first, end, label in spans:
        tags[first:end] = [f"B-{label}"] + [f"I-{label}"] * (end - first - 1)
    return tags


def report_scheme(scheme: str, path: object, report: Report) -> None:
    """Say what a scheme means for what was read."""
    if scheme == "IO":
        report.note(f"{path}: IO tags; mentions of one label that touch are one")
    elif scheme == "IOB1":
        report.note(f"{path}: IOB1 tags; an I after O begins a mention")
