"""UIMA CAS, as INCEpTION and WebAnno have it: XMI or JSON, a file for each document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.bioc_files import FORBIDDEN
from phantom.formats.folders import list_files, new_file
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.jsonl import replace_file
from phantom.records import Example
from phantom.registry import phantom_registry

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
STRING, ANNOTATION = "uima.cas.String", "uima.tcas.Annotation"


@phantom_registry.phantom_formats("uima_cas")
@dataclass(frozen=True, kw_only=True)
class UimaCas(Format):
    """UIMA CAS (XMI or JSON) of INCEpTION and WebAnno: a file, or a folder of them.

    XMI needs its type system: the file of the role `typesystem`, or beside it
    `TypeSystem.xml` or else the only .xml with "typesystem" in its name. The head of a
    relation is its Governor, the tail its Dependent. A relation to a span outside of
    the index is left out. Layers of your own are `custom.NAME` (`webanno.custom.NAME`
    in older projects), often with the feature `label`. Offsets are UTF-16 in the file.
    Needs dkpro-cassis.

    span_type, relation_type (str): Names of the types.
    label, concept (str): Features of a span.
    relation_label (str): Feature of a relation.
    swap (bool): The Dependent is the head.
    form (str): What is written, "xmi" or "json".
    """

    span_type: str = NAMED_ENTITY
    relation_type: str = "webanno.custom.Relation"
    label: str = "value"
    concept: str = "identifier"
    relation_label: str = "label"
    swap: bool = False
    form: Literal["xmi", "json"] = "xmi"
    roles: ClassVar[tuple[str, ...]] = ("folder",)
    optional: ClassVar[tuple[str, ...]] = ("typesystem",)
    holds: ClassVar[frozenset[str]] = frozenset({"concepts"})

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        _import_cassis()
        folder = files["folder"] if "folder" in files else next(iter(files.values()))
        for name, path in list_files(folder, ".xmi", ".json"):
            place = f"{path}:1"
            cas = report.attempt(place, _load, path, files.get("typesystem"))
            if cas is None:
                continue
            document = Document(prefixed(prefix, name), cas.sofa_string or "", place)
            example = report.attempt(place, self._convert, cas, document, report)
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        cassis = _import_cassis()
        types = self._make_types(cassis)
        path.mkdir(parents=True, exist_ok=True)
        count = 0
        for example in examples:
            file = new_file(path, example.id, f".{self.form}", report)
            if file is None:
                continue
            cas = self._render(cassis, types, example, report)
            with replace_file(file) as temporary:
                save = cas.to_xmi if self.form == "xmi" else cas.to_json
                save(temporary)
            count += 1
        if self.form == "xmi":
            with replace_file(path / "TypeSystem.xml") as temporary:
                types.to_xml(temporary)
        return count

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        return "xmi:XMI" in head or (path.is_dir() and any(path.rglob("*.xmi")))

    @staticmethod
    def recognise(record: Any) -> bool:
        return "%FEATURE_STRUCTURES" in record

    def _convert(self, cas: Any, document: Document, report: Report) -> Example:
        place = document.place
        span_type = _find_type(cas, self.span_type, "span_type")
        _check_features(span_type, self.label)
        known: dict[int, str] = {}
        for span in cas.select(self.span_type):
            key = known[id(span)] = str(len(known))
            label = span.get(self.label)
            if not label:
                report.leave_out(f"span without {self.label}", place)
                continue
            concept = None
            if span_type.get_feature(self.concept):
                concept = span.get(self.concept)
            bounds = ((span.begin, span.end),)
            document.mentions.append(
                Mention(key, bounds, label, None, concept or None, place)
            )
        if not cas.typesystem.contains_type(self.relation_type):
            report.note(f"{place}: no relations: no type {self.relation_type}")
            return to_example(document, report)
        kind = _find_type(cas, self.relation_type, "relation_type")
        _check_features(kind, "Governor", "Dependent", self.relation_label)
        for relation in cas.select(self.relation_type):
            ends = [known.get(id(relation.get(x))) for x in ("Governor", "Dependent")]
            head, tail = ends[::-1] if self.swap else ends
            label = relation.get(self.relation_label)
            if not label:
                report.leave_out(f"relation without {self.relation_label}", place)
            elif head is None or tail is None:
                report.leave_out("relation to a span outside of the index", place)
            else:
                document.links.append(Link(head, tail, label, place))
        return to_example(document, report)

    def _make_types(self, cassis: Any) -> Any:
        types = cassis.TypeSystem()
        span = types.create_type(self.span_type, supertypeName=ANNOTATION)
        types.create_feature(span, self.concept, STRING)
        types.create_feature(span, self.label, STRING)
        relation = types.create_type(self.relation_type, supertypeName=ANNOTATION)
        types.create_feature(relation, "Dependent", span)
        types.create_feature(relation, "Governor", span)
        types.create_feature(relation, self.relation_label, STRING)
        return types

    def _render(self, cassis: Any, types: Any, example: Example, report: Report) -> Any:
        text = example.text
        if self.form == "xmi":
            count = len(FORBIDDEN.findall(text))
            report.leave_out("character that XML can't hold", example.id, count)
            text = FORBIDDEN.sub(" ", text)
        cas = cassis.Cas(typesystem=types)
        cas.sofa_string, cas.sofa_mime = text, "text/plain"
        make = types.get_type(self.span_type)
        spans = [
            make(begin=x.start, end=x.end, **{self.label: x.label, self.concept: x.id})
            for x in example.entities
        ]
        cas.add_all(spans)
        make = types.get_type(self.relation_type)
        for x in example.relations:
            ends = [spans[x.head], spans[x.tail]]
            head, tail = ends[::-1] if self.swap else ends
            # A relation lies where its Dependent does.
            cas.add(
                make(
                    begin=tail.begin,
                    end=tail.end,
                    Governor=head,
                    Dependent=tail,
                    **{self.relation_label: x.label},
                )
            )
        return cas


def _import_cassis() -> Any:
    """RAISES: ValueError that says how to install it."""
    try:
        import cassis
    except ImportError:
        raise ValueError(
            'UIMA CAS needs dkpro-cassis: pip install "spacy-phantom[uima]"'
        ) from None
    return cassis


def _load(path: Path, types: Path | None) -> Any:
    cassis = _import_cassis()
    try:
        if path.suffix == ".json":
            with path.open("rb") as file:
                return cassis.load_cas_from_json(file)
        beside = types or _beside(path)
        with beside.open("rb") as file:
            known = cassis.load_typesystem(file)
        with path.open("rb") as file:
            return cassis.load_cas_from_xmi(file, typesystem=known)
    except ValueError:
        raise
    except Exception as error:  # of lxml and of the type system, of many kinds
        raise ValueError(f"no CAS that can be read ({error})") from None


def _beside(path: Path) -> Path:
    """The type system next to a CAS. RAISES: ValueError if none or several are."""
    usual = path.with_name("TypeSystem.xml")
    found = (
        [usual]
        if usual.is_file()
        else sorted(
            x
            for x in path.parent.glob("*.xml")
            if "typesystem" in x.stem.lower().replace("_", "").replace("-", "")
        )
    )
    if len(found) != 1:
        names = f", but {', '.join(x.name for x in found)}" if found else ""
        raise ValueError(
            f"no TypeSystem.xml beside it{names}; export that too, or name it under "
            f"`files` as `typesystem` ({usual})"
        )
    return found[0]


def _find_type(cas: Any, name: str, setting: str) -> Any:
    if not cas.typesystem.contains_type(name):
        names = sorted(x.name for x in cas.typesystem.get_types())
        raise ValueError(
            f"no type {name!r}; name one with the setting `{setting}`: "
            f"{', '.join(names)}"
        )
    return cas.typesystem.get_type(name)


def _check_features(kind: Any, *names: str) -> None:
    for name in names:
        if not kind.get_feature(name):
            known = ", ".join(sorted(x.name for x in kind.all_features))
            raise ValueError(f"{kind.name} has no feature {name!r}; it has {known}")
