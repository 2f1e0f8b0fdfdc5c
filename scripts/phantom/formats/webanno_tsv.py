"""WebAnno TSV 3, as WebAnno and INCEpTION have it: a file for each document."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.concepts import find_starts
from phantom.formats.folders import list_files, new_file
from phantom.formats.lines import write_lines
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.formats.tokens import split_tokens
from phantom.formats.tsv_cells import escape_text, escape_value
from phantom.formats.tsv_table import Layer, Table, read_layers, read_table
from phantom.formats.units import utf16_table
from phantom.records import Example
from phantom.registry import phantom_registry

FIRST = "#FORMAT=WebAnno TSV 3"
NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"


@dataclass(frozen=True)
class Chosen:
    """What is read: names of the two layers, "" for none, and of their features."""

    spans: str
    label: str
    concept: str
    relations: str = ""
    relation_label: str = ""


@phantom_registry.phantom_formats("webanno_tsv")
@dataclass(frozen=True, kw_only=True)
class WebAnnoTsv(Format):
    """WebAnno TSV 3 (WebAnno, INCEpTION): a file, or a folder of them.

    A relation stands on the row of its tail and names its head. Offsets are UTF-16 in
    the file. Chains and slots are left out and counted. A file names the layers and
    features alone that occur in it, so that one without the layer of spans has no
    mention.

    span_layer (str): The layer of spans; the only one in all files if none has such.
    relation_layer (str): The layer of relations; so, too.
    label, concept (str): Features of a span.
    relation_label (str): Feature of a relation.
    """

    span_layer: str = NAMED_ENTITY
    relation_layer: str = "webanno.custom.Relation"
    label: str = "value"
    concept: str = "identifier"
    relation_label: str = "label"
    roles: ClassVar[tuple[str, ...]] = ("folder",)
    holds: ClassVar[frozenset[str]] = frozenset({"concepts"})

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        documents = list(list_files(files.pick("folder"), ".tsv"))
        layers = join_layers(read_layers(path) for _, path in documents)
        chosen = self._choose(layers, documents[0][1], report)
        for name, path in documents:
            place = f"{path}:1"
            table = report.attempt(place, read_table, path)
            if table is None:
                continue
            example = report.attempt(
                place,
                _convert,
                table,
                Document(prefixed(prefix, name), table.text, place),
                chosen,
                report,
            )
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        path.mkdir(parents=True, exist_ok=True)
        count = 0
        for example in examples:
            file = new_file(path, example.id, ".tsv", report)
            if file:
                write_lines(file, self._render(example))
                count += 1
        return count

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        if path.is_dir():
            return any(map(_begins, path.rglob("*.tsv")))
        return head.startswith(FIRST)

    def _choose(self, layers: list[Layer], path: Path, report: Report) -> Chosen | None:
        """The layers and features to read, of those in any of the files.

        RAISES: ValueError with the path if they are not as the settings say.
        """
        spans = [x for x in layers if x.kind == "SP"]
        if not spans:
            return None
        try:
            layer = _pick(spans, self.span_layer, "span_layer", report)
            label = _feature(layer, self.label, "label", report)
            chosen = Chosen(layer.name, label, self.concept)
            links = [x for x in layers if x.kind == "RL" and x.base == layer.name]
            if links:
                kind = _pick(links, self.relation_layer, "relation_layer", report)
                feature = _feature(kind, self.relation_label, "relation_label", report)
                chosen = replace(chosen, relations=kind.name, relation_label=feature)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        return chosen

    def _render(self, example: Example) -> Iterator[str]:
        text, units = example.text, utf16_table(example.text)
        tokens = split_tokens(example)
        yield "#FORMAT=WebAnno TSV 3.3\n"
        yield f"#T_SP={self.span_layer}|{self.concept}|{self.label}\n"
        yield f"#T_RL={self.relation_layer}|{self.relation_label}"
        yield f"|BT_{self.span_layer}\n\n"
        names: dict[int, str] = {}
        rows: list[list[tuple[int, int]]] = []
        parts = list(_sentences(example))
        for number, (start, end) in enumerate(parts, start=1):
            inside = [x for x in tokens if start <= x[0] < end]
            rows.append(inside)
            names |= {a: f"{number}-{i}" for i, (a, _) in enumerate(inside, start=1)}
        for (start, end), inside in zip(parts, rows, strict=True):
            yield "\n"
            for line in text[start:end].split("\n"):
                yield f"#Text={escape_text(line)}\n"
            for a, b in inside:
                row = [names[a], f"{units[a]}-{units[b]}", text[a:b]]
                yield "\t".join([*row, *self._cells(example, a, names)]) + "\t\n"

    def _cells(self, example: Example, at: int, names: dict[int, str]) -> list[str]:
        """Concept, label, label of relations and their heads for the token at `at`."""
        i = next(
            (i for i, x in enumerate(example.entities) if x.start <= at < x.end), None
        )
        if i is None:
            return ["_"] * 4
        entity = example.entities[i]
        concept = escape_value(entity.id) if entity.id else "*"
        cells = [f"{concept}[{i + 1}]", f"{escape_value(entity.label)}[{i + 1}]"]
        ends = [x for x in example.relations if x.tail == i and at == entity.start]
        heads = [
            f"{names[example.entities[x.head].start]}[{x.head + 1}_{i + 1}]"
            for x in ends
        ]
        labels = [escape_value(x.label) for x in ends]
        return [*cells, "|".join(labels) or "_", "|".join(heads) or "_"]


def _sentences(example: Example) -> Iterator[tuple[int, int]]:
    """Where sentences lie; between two is one blank, or nothing."""
    text, inside = example.text, example.entities
    starts = [
        x for x in find_starts(text) if not any(e.start < x < e.end for e in inside)
    ]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        words = text[start:end]
        blank = end < len(text) and words.endswith(" ") and not words[-2:-1].isspace()
        yield start, end - blank


def join_layers(files: Iterable[Sequence[Layer]]) -> list[Layer]:
    """The layers of several files, each with the features that it has in any."""
    joined: dict[tuple[str, str, str], Layer] = {}
    for layers in files:
        for layer in layers:
            key = (layer.kind, layer.name, layer.base)
            known = joined.setdefault(key, replace(layer, features=[]))
            known.features += [x for x in layer.features if x not in known.features]
    return list(joined.values())


def _convert(
    table: Table, document: Document, chosen: Chosen | None, report: Report
) -> Example:
    layers = {} if chosen is None else {(x.kind, x.name): x for x in table.layers}
    used = []
    if chosen and (layer := layers.get(("SP", chosen.spans))):
        used.append(layer)
        for key, found in table.collect(layer).items():
            value = found.features.get(chosen.label)
            if not value:
                report.leave_out(f"span without {chosen.label}", found.place)
                continue
            concept = found.features.get(chosen.concept) or None
            bounds = ((found.start, found.end),)
            document.mentions.append(
                Mention(key, bounds, value, id=concept, place=found.place)
            )
    if chosen and (layer := layers.get(("RL", chosen.relations))):
        used.append(layer)
        for head, tail, features, line in table.relations(layer):
            if label := features.get(chosen.relation_label):
                document.links.append(Link(head, tail, label, line))
            else:
                report.leave_out(f"relation without {chosen.relation_label}", line)
    for other in table.layers:
        count = table.count(other) if other not in used else 0
        report.leave_out(f"annotation of the layer {other.name}", document.place, count)
    return to_example(document, report)


def _pick(layers: list[Layer], name: str, setting: str, report: Report) -> Layer:
    found = next((x for x in layers if x.name == name), None)
    if found is None and len(layers) == 1:
        report.note(f"{setting}: {layers[0].name}, the only one of its kind")
        found = layers[0]
    if found is None:
        names = ", ".join(x.name for x in layers) or "none"
        raise ValueError(
            f"no layer {name!r}; name one with the setting `{setting}`: {names}"
        )
    return found


def _feature(layer: Layer, name: str, setting: str, report: Report) -> str:
    named = [x for x in layer.features if x]
    if name in named:
        return name
    if len(named) == 1:
        report.note(f"{setting}: {named[0]}, the only feature of {layer.name}")
        return named[0]
    raise ValueError(
        f"{layer.name} has no feature {name!r}; name one with the setting "
        f"`{setting}`: {', '.join(named) or 'it has none'}"
    )


def _begins(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(len(FIRST)) == FIRST
