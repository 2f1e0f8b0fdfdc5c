"""Files with a token per line, its columns parted by tabs or blanks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from phantom.formats.base import Report
from phantom.formats.tags import is_tag
from phantom.jsonl import read_lines

DOCUMENT = "-DOCSTART-"
# What stands between token and tag in Label Studio's export.
STUDIO = ["-X-", "_"]
NUMBER = re.compile(r"\d+([-.]\d+)?")
# White space, and characters of no width, which stand for it in some exports.
BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*")
COMMENT = re.compile(r"#\s*(?:(?P<key>[\w ]+?)\s*= ?(?P<value>.*))?")


@dataclass
class Sentence:
    """The lines up to an empty one.

    line (int): Number of its first line.
    rows (List[List[str]]): The columns of each token.
    comments (Dict[str, str]): From lines such as `# id = r1`.
    document (bool): Whether a document begins here.
    fault (str): What is wrong with one of its lines, with `path:line`.
    heading (int): Number of a line of headings before it, 0 if there is none.
    """

    line: int
    rows: list[list[str]] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    document: bool = False
    fault: str = ""
    heading: int = 0

    @property
    def tokens(self) -> list[str]:
        """First columns."""
        return [row[0] for row in self.rows]

    @property
    def tags(self) -> list[str]:
        """Last columns."""
        return [row[-1] for row in self.rows]


def read_sentences(path: Path, report: Report) -> list[Sentence]:
    """The sentences of a file, token first and tag last, whatever lies between.

    Comments, document lines and a column of token numbers (CoNLL-U) are taken off;
    tokens of white space or of no width, too, if no mention holds them. A sentence
    with a fault is left out and reported with the line.
    """
    found = []
    for sentence in _split(path):
        if sentence.heading:
            report.note(f"{path}:{sentence.heading}: read as headings, not as a token")
        if sentence.rows or sentence.fault:
            found.append(sentence)
    if _has_numbers(found):
        report.note(f"{path}: the first column counts tokens; the second is the token")
        for sentence in found:
            sentence.rows = [row[1:] for row in sentence.rows if row[0].isdigit()]
    kept = []
    for sentence in found:
        if sentence.fault:
            report.fail(f"{path}:{sentence.fault.partition(': ')[0]}",
                        sentence.fault.partition(": ")[2])  # fmt: skip
            continue
        blank = [row for row in sentence.rows if BLANK.fullmatch(row[0])]
        if any(row[-1] != "O" for row in blank):
            report.fail(f"{path}:{sentence.line}", "a blank token with an entity's tag")
            continue
        if blank:
            report.leave_out("blank token", f"{path}:{sentence.line}", len(blank))
            sentence.rows = [x for x in sentence.rows if not BLANK.fullmatch(x[0])]
        if sentence.rows:
            kept.append(sentence)
    if kept and all(row[1:-1] == STUDIO for x in kept for row in x.rows):
        report.note(
            f"{path}: an export of Label Studio that has no relations, and in which "
            "mentions can end in a full stop; its full JSON has both right"
        )
    tagged = _tag_columns(kept)
    if len(tagged) > 1:
        columns = " and ".join(map(str, tagged))
        report.note(f"{path}: columns {columns} hold tags; the last is read")
    return kept


def _tag_columns(sentences: list[Sentence]) -> list[int]:
    """Which columns hold tags alone, from 1 on, those of O alone left out."""
    rows = [row for sentence in sentences for row in sentence.rows]
    columns = list(zip(*rows, strict=False))
    return [
        number
        for number, cells in enumerate(columns, start=1)
        if number > 1 and {*cells} != {"O"} and all(map(is_tag, cells))
    ]


def _split(path: Path) -> Iterator[Sentence]:
    sentence, new_document, width = Sentence(1), False, 0
    for number, raw in enumerate(read_lines(path), start=1):
        line = raw.rstrip("\r\n")
        # Not `split()`: a no-break space can be a token.
        cells = line.split("\t") if "\t" in line else re.split(" +", line.strip(" "))
        cells = [cell.strip(" ") for cell in cells]
        if not line.strip(" \t"):
            yield sentence
            sentence = Sentence(number + 1)
        elif cells[0] == DOCUMENT:
            if sentence.rows:
                yield sentence
            sentence, new_document = Sentence(number + 1), True
        elif line.startswith("#") and _is_comment(line, cells, width):
            match = COMMENT.fullmatch(line)
            if match and match["key"]:
                sentence.comments[match["key"]] = match["value"]
        elif len(cells) < 2 or (width and len(cells) != width):
            wanted = f"{width}, as in the lines before" if width else "token and tag"
            columns = "one column" if len(cells) < 2 else f"{len(cells)} columns"
            sentence.fault = sentence.fault or f"{number}: {columns}, expected {wanted}"
        elif not is_tag(cells[-1]) and not width and number == 1:
            width, sentence.heading = len(cells), number
        else:
            width = width or len(cells)
            if not sentence.rows:
                sentence.line = number
                sentence.document, new_document = new_document, False
            if not is_tag(cells[-1]) and not sentence.fault:
                sentence.fault = (
                    f"{number}: {cells[-1]!r} is no tag; expected O, or B, I, E (L) or "
                    "S (U) with a label, such as B-ORG"
                )
            sentence.rows.append(cells)
    yield sentence


def _is_comment(line: str, cells: list[str], width: int) -> bool:
    """Whether a line with a # is no token: "#" can be one, with a tag."""
    match = COMMENT.fullmatch(line)
    token = is_tag(cells[-1]) and len(cells) > 1 and width in (0, len(cells))
    return bool(match and match["key"]) or not token


def _has_numbers(sentences: list[Sentence]) -> bool:
    """Whether the first of three or more columns counts 1, 2, 3 in every sentence."""
    counted = False
    for sentence in sentences:
        numbers = [row[0] for row in sentence.rows]
        whole = [int(x) for x in numbers if x.isdigit()]
        if not all(NUMBER.fullmatch(x) for x in numbers):
            return False
        if any(len(row) < 3 for row in sentence.rows) or not whole:
            return False
        if whole != list(range(whole[0], whole[0] + len(whole))) or whole[0] > 1:
            return False
        counted |= len(whole) > 1
    return counted
