"""BC5CDR: PubTator abstracts, and their sentences by way of the IOB release."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from phantom.formats.spacing import align
from phantom.formats.tagged import Files, read_spans, read_tagged
from phantom.records import Entity, Example, Relation

HEAD, TAIL, RELATION = "CHEMICAL", "DISEASE", "CID"


@dataclass
class Abstract:
    """One PubTator document. pairs: chemical and disease concept, in that order."""

    pmid: str
    title: str = ""
    abstract: str = ""
    mentions: list[Entity] = field(default_factory=list)
    pairs: list[list[str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Title and abstract, as the offsets count them."""
        return f"{self.title} {self.abstract}"


def read_pubtator(path: Path) -> Iterator[Abstract]:
    """Stream the documents of a PubTator file.

    RAISES: ValueError with `path:line` if a mention differs from the text.
    """
    doc: Abstract | None = None
    with path.open(encoding="utf-8") as file:
        for number, raw in enumerate(file, start=1):
            line = raw.rstrip("\r\n")
            pmid, kind, rest = (*line.split("|", 2), "", "")[:3]
            cells = line.split("\t")
            if kind in ("t", "a") and pmid.isdigit():
                if kind == "t":
                    if doc:
                        yield doc
                    doc = Abstract(pmid, title=rest)
                elif doc:
                    doc.abstract = rest
            elif doc and len(cells) == 4:
                doc.pairs.append(cells[2:])
            elif doc and len(cells) >= 6:
                start, end = int(cells[1]), int(cells[2])
                if doc.text[start:end] != cells[3]:
                    raise ValueError(
                        f"{path}:{number}: the text has {doc.text[start:end]!r} at "
                        f"{start}-{end}, the mention is {cells[3]!r}"
                    )
                doc.mentions.append(
                    Entity(
                        start=start,
                        end=end,
                        label=cells[4].upper(),
                        text=cells[3],
                        id=cells[5],
                    )
                )
    if doc:
        yield doc


def convert_abstracts(files: Files, prefix: str) -> Iterator[Example]:
    """Whole abstracts; each gold concept pair joins its two closest mentions."""
    for doc in read_pubtator(files["pubtator"]):
        mentions = drop_overlaps(doc.mentions)
        relations = []
        for head, tail in doc.pairs:
            heads = [
                i for i, x in enumerate(mentions) if head in (x.id or "").split("|")
            ]
            tails = [
                i for i, x in enumerate(mentions) if tail in (x.id or "").split("|")
            ]
            if heads and tails:
                a, b = min(
                    product(heads, tails),
                    key=lambda ends: abs(
                        mentions[ends[0]].start - mentions[ends[1]].start
                    ),
                )
                relations.append(Relation(head=a, tail=b, label=RELATION))
        yield Example(
            id=f"{prefix}-{doc.pmid}",
            text=doc.text,
            entities=tuple(mentions),
            relations=tuple(relations),
            meta={"pmid": doc.pmid, "title_end": len(doc.title), "cid": doc.pairs},
        )


def convert_sentences(files: Files, prefix: str) -> Iterator[Example]:
    """Sentences of the IOB release with the spacing and concepts of the abstracts.

    Every chemical and disease of a sentence are related whose concepts are a gold
    pair of the abstract: a projection, not a judgement on the sentence.

    RAISES: ValueError if a sentence is in no abstract.
    """
    waiting = list(read_pubtator(files["pubtator"]))
    doc, place = Abstract(""), 0
    for i, (tokens, tags) in enumerate(read_tagged(files["iob"])):
        spans = align(tokens, doc.text, place)
        if spans is None:
            found = ((x, align(tokens, x.text, 0)) for x in waiting)
            doc, spans = next((x for x in found if x[1]), (doc, None))
            if spans is None:
                raise ValueError(
                    f"{files['iob']}: sentence {i} ({' '.join(tokens)[:60]!r}) begins "
                    f"no abstract of {files['pubtator']}"
                )
            waiting.remove(doc)
        place = spans[-1][1]
        yield _sentence(f"{prefix}-{i:05d}", doc, tokens, tags, spans)


def _sentence(
    name: str,
    doc: Abstract,
    tokens: list[str],
    tags: list[str],
    spans: list[tuple[int, int]],
) -> Example:
    offset, end = spans[0][0], spans[-1][1]
    concepts = {(x.start, x.end): x.id for x in doc.mentions}
    entities = []
    for first, last, label in read_spans(tags):
        bounds = spans[first][0], spans[last - 1][1]
        entities.append(
            Entity(
                start=bounds[0] - offset,
                end=bounds[1] - offset,
                label=label,
                text=doc.text[bounds[0] : bounds[1]],
                id=concepts.get(bounds),
            )
        )
    pairs = {(head, tail) for head, tail in doc.pairs}
    relations = [
        Relation(head=a, tail=b, label=RELATION)
        for (a, x), (b, y) in product(enumerate(entities), repeat=2)
        if x.label == HEAD and y.label == TAIL
        if pairs & set(product((x.id or "").split("|"), (y.id or "").split("|")))
    ]
    return Example(
        id=name,
        text=doc.text[offset:end],
        entities=tuple(entities),
        relations=tuple(relations),
        tokens=tokens,
        meta={"pmid": doc.pmid},
    )


def drop_overlaps(mentions: list[Entity]) -> list[Entity]:
    """Of mentions that overlap, the longest; sorted by start."""
    kept: list[Entity] = []
    for mention in sorted(mentions, key=lambda x: (x.start - x.end, x.start)):
        if all(mention.end <= x.start or x.end <= mention.start for x in kept):
            kept.append(mention)
    return sorted(kept, key=lambda x: x.start)
