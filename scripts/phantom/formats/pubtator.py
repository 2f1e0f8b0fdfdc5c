"""PubTator: title and abstract, mentions with concepts, relations between concepts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.concepts import pairs_to_write, project
from phantom.formats.lines import write_lines
from phantom.formats.mentions import Document, Mention, to_example
from phantom.formats.pubtator_lines import (
    HEAD,
    NONE,
    Abstract,
    Separator,
    guess_separator,
    read_pubtator,
)
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_formats("pubtator")
@dataclass(frozen=True, kw_only=True)
class PubTator(Format):
    """PubTator text files, as of PubTator Central, BioRED, BC5CDR.

    Mentions have 5 (no concept), 6 or 7 columns. Relations are between concepts; each
    is drawn between the two closest mentions of its concepts, and kept as it was in
    `meta["concept_pairs"]`.

    id_separator (Optional[str]): "|" (BC5CDR), "," (BioRED) or ";" (PubTator Central)
        between the concepts of one mention; None takes that under which all ends of
        relations are concepts of mentions. The concept "-" is none.
    """

    id_separator: Separator | None = None
    roles: ClassVar[tuple[str, ...]] = ("pubtator",)
    holds: ClassVar[frozenset[str]] = frozenset(
        {"concepts"}
        | {
            f"meta.{x}"
            for x in ("pmid", "title_end", "parts", "barred", "concept_pairs")
        }
    )

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("pubtator")
        separator = self.id_separator or guess_separator(path, report)
        for name, doc in unique(read_pubtator(path, report), path, report):
            example = report.attempt(
                f"{path}:{doc.line}", convert, doc, prefixed(prefix, name), path,
                separator, report,
            )  # fmt: skip
            if example:
                yield project(example, find_pairs(doc, path, report), report)

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        separator = self.id_separator or "|"
        made = (
            report.attempt(x.id, render, x, separator, report) or [] for x in examples
        )
        return write_lines(path, ("\n".join([*x, "", ""]) for x in made if x))

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        match = HEAD.match(head.lstrip().partition("\n")[0])
        return bool(match) and match[2] == "t"  # type: ignore[index]


def unique(
    docs: Iterable[Abstract], path: Path, report: Report
) -> Iterator[tuple[str, Abstract]]:
    """Documents by name: a repeat is left out if it is equal, else it is an error."""
    seen: dict[str, Abstract] = {}
    for doc in docs:
        first = seen.setdefault(doc.name, doc)
        if first is doc:
            yield doc.name, doc
        elif _content(first) == _content(doc):
            report.leave_out("repeated document", f"{path}:{doc.line}")
        else:
            report.fail(
                f"{path}:{doc.line}",
                f"document {doc.name} is in line {first.line} with other content",
            )


def convert(
    doc: Abstract,
    name: str,
    path: Path,
    separator: str,
    report: Report,
) -> Example:
    """A document with its mentions, without relations.

    RAISES: ValueError with the line of what is wrong first.
    """
    if doc.faults:
        number, fault = doc.faults[0]
        raise ValueError(f"{path}:{number}: {fault}")
    document = Document(name, doc.text, f"{path}:{doc.line}", meta={"pmid": doc.name})
    document.meta["title_end"] = len(doc.title)
    for number, cells in doc.mentions:
        ids = cells[5].split(separator) if len(cells) > 5 else []
        if len(cells) == 7 and cells[6].strip():
            if len(ids) > 1 and len(cells[6].split("|")) != len(ids):
                raise ValueError(
                    f"{path}:{number}: {len(ids)} concepts, "
                    f"{len(cells[6].split('|'))} parts ({cells[6]})"
                )
            parts = document.meta.setdefault("parts", [])
            parts.append([int(cells[1]), int(cells[2]), cells[6]])
        barred = {x.strip() for x in ids if "|" in x}
        if barred:
            known = document.meta.get("barred", ())
            document.meta["barred"] = sorted(barred.union(known))
        document.mentions.append(
            Mention(
                key=str(number),
                pieces=((int(cells[1]), int(cells[2])),),
                label=cells[4],
                text=cells[3],
                id="|".join(x.strip() for x in ids if x.strip() not in NONE) or None,
                place=f"{path}:{number}",
            )
        )
    return to_example(document, report)


def find_pairs(doc: Abstract, path: Path, report: Report) -> list[dict[str, Any]]:
    """Relations between concepts, each as label, head, tail, place (and `novel`)."""
    pairs: list[dict[str, Any]] = []
    for number, cells in doc.pairs:
        pair = {
            "label": cells[1],
            "head": cells[2],
            "tail": cells[3],
            "place": f"{path}:{number}",
        }
        if len(cells) == 5 and cells[4].strip():
            pair["novel"] = cells[4].strip()
        key = [pair[x] for x in ("label", "head", "tail")]
        if any(key == [x["label"], x["head"], x["tail"]] for x in pairs):
            report.leave_out("repeated relation", f"{path}:{number}")
        else:
            pairs.append(pair)
    return pairs


def render(example: Example, separator: str, report: Report) -> list[str]:
    """Lines of one document; the title ends at `meta["title_end"]`.

    RAISES: ValueError if the text has line breaks, or no blank after the title.
    """
    text, name = example.text, str(example.meta.get("pmid", example.id))
    if "\n" in text or "\r" in text or "|" in name or "\t" in name:
        raise ValueError("a text with line breaks, or an id with a bar, has no place")
    end = example.meta.get("title_end", text.find(" ") if " " in text else len(text))
    if text[end : end + 1] not in (" ", ""):
        raise ValueError(f"no blank after the title, which ends at {end}")
    lines = [f"{name}|t|{text[:end]}", f"{name}|a|{text[end + 1 :]}"]
    parts = {(a, b): words for a, b, words in example.meta.get("parts", ())}
    for entity in example.entities:
        words = entity.text.replace("\t", " ")  # a column; the text above keeps it
        cells = [name, str(entity.start), str(entity.end), words, entity.label]
        if entity.id:
            barred = example.meta.get("barred", ())
            cells.append(_join(entity.id, separator, barred))
        if entity.id and (entity.start, entity.end) in parts:
            cells.append(parts[entity.start, entity.end])
        lines.append("\t".join(cells))
    pairs, left = pairs_to_write(example, report)
    for relation in left:
        head, tail = (example.entities[x].id for x in (relation.head, relation.tail))
        if head and tail:
            pairs.append({"label": relation.label, "head": head, "tail": tail})
        else:
            report.leave_out("relation of a mention without a concept", name)
    for pair in pairs:
        cells = [name, pair["label"], pair["head"], pair["tail"]]
        lines.append("\t".join(cells + ([pair["novel"]] if "novel" in pair else [])))
    return lines


def _join(concepts: str, separator: str, barred: Iterable[str]) -> str:
    """Concepts parted as asked. barred: those that have bars of their own."""
    kept = "|".join(map(re.escape, sorted(barred, key=len, reverse=True)))
    own = rf"(?<![^|])(?:{kept})(?![^|])|" if kept else ""
    found = re.findall(own + r"[^|]+", concepts)
    return separator.join(found)


def _content(doc: Abstract) -> tuple[str, list[list[str]], list[list[str]]]:
    return (
        doc.text,
        [cells for _, cells in doc.mentions],
        [cells for _, cells in doc.pairs],
    )
