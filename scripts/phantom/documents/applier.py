"""A pipeline that is run over blocks of documents."""

import json
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, DocBin

from phantom.documents.blocks import Block, part_path
from phantom.documents.long import LONG, find_margin, read_long
from phantom.documents.rows import to_row
from phantom.documents.sources import Item
from phantom.documents.tables import (
    TABLES,
    entity_table,
    import_pyarrow,
    write_table,
)
from phantom.jsonl import replace_file
from phantom.packs.document import (
    COMPONENTS,
    add_document_components,
    score_alone,
)
from phantom.packs.pack import load_pack
from phantom.runtime import find_pipeline, load_pipeline

# Characters that go through the pipeline together, at least one document.
BATCH = 300_000
# Words that a pipeline may learn, some 30 MB. Those that are new after them are
# forgotten with their block: numbers and misspellings bring new ones without end.
WORDS = 100_000


class Counts(NamedTuple):
    """What became of documents; words as spaCy's tokens, white space among them."""

    documents: int = 0
    bad: int = 0
    words: int = 0
    entities: int = 0
    relations: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """The sum."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


@dataclass(frozen=True)
class Setup:
    """What an `Applier` is made from; small, and the same in every process.

    pipeline (str): Name of an installed package, or a folder.
    pack (Optional[Path]): For headings, phrases and names where the pipeline has none.
    without (Tuple[str, ...]): Components for documents that are left out.
    unify (bool): Whether uses of a short form get the label of its long form.
    threshold (Optional[float]): Least similarity of names; None as the pipeline has it.
    alone (bool): Whether each pair of mentions has a score of its own.
    tables, docbin (bool): Whether to write those, too.
    """

    pipeline: str
    pack: Path | None = None
    without: tuple[str, ...] = ()
    unify: bool = True
    threshold: float | None = None
    alone: bool = True
    tables: bool = False
    docbin: bool = False

    def __post_init__(self) -> None:
        unknown = sorted({*self.without} - {*COMPONENTS})
        if unknown:
            raise ValueError(
                f"no component for documents is called {', '.join(unknown)}; there are "
                + ", ".join(COMPONENTS)
            )
        if "sentences" in self.without and "context" not in self.without:
            raise ValueError(
                "context reads sentence by sentence: leave it out, too, with "
                "--without sentences,context"
            )
        find_pipeline(self.pipeline)
        if self.tables:
            import_pyarrow("parquet")

    def load(self) -> Language:
        """The pipeline with its components for documents.

        RAISES: ValueError if it can't be loaded.
        """
        nlp = load_pipeline(self.pipeline)
        add_document_components(nlp, load_pack(self.pack) if self.pack else None)
        for name in self.without:
            nlp.disable_pipe(name)
        if self.alone:
            score_alone(nlp)
        setattr(nlp.get_pipe("abbreviations"), "unify", self.unify)  # noqa: B010
        if self.threshold is not None:
            setattr(nlp.get_pipe("concepts"), "threshold", self.threshold)  # noqa: B010
        # Its bound is for parsers; ours is the size of a batch.
        nlp.max_length = 10**9
        return nlp


class Applier:
    """Runs a pipeline over blocks and writes what they give.

    nlp (Language): The pipeline, with its components for documents.
    """

    def __init__(self, setup: Setup, output: Path, nlp: Language | None = None) -> None:
        self.setup = setup
        self.output = output
        self.nlp = nlp or setup.load()
        rules = getattr(self.nlp.get_pipe("context"), "rules", ())
        self.margin = find_margin(self.nlp)
        self.most = len(self.nlp.vocab.strings) + WORDS
        self.attributes = sorted({rule["attribute"] for rule in rules})

    def run(self, block: Block) -> Counts:
        """Write the parts of a block; its documents come last."""
        full = len(self.nlp.vocab.strings) >= self.most
        with self.nlp.memory_zone() if full else nullcontext():
            return self._run_block(block)

    def _run_block(self, block: Block) -> Counts:
        rows, bad = [], []
        counts = Counts()
        docbin = DocBin(store_user_data=True)
        for item, doc in self._pipe(block.items):
            named = {"key": item.key, "id": item.id or item.key}
            if isinstance(doc, str):
                bad.append({**named, "reason": doc})
                continue
            row = {**named, **({"meta": item.meta} if item.meta else {}), **to_row(doc)}
            rows.append(row)
            numbers = (len(doc), len(row["entities"]), len(row["relations"]))
            counts = counts.plus(Counts(1, 0, *numbers))
            if self.setup.docbin:
                doc.user_data.update(named)
                docbin.add(_light(doc))
        self._write(block.number, rows, bad, docbin)
        return counts._replace(bad=len(bad))

    def _write(self, number: int, rows: list, bad: list, docbin: DocBin) -> None:
        def path(folder: str) -> Path:
            found = part_path(self.output, folder, number)
            found.parent.mkdir(parents=True, exist_ok=True)
            return found

        if self.setup.tables:
            write_table(entity_table(rows, self.attributes), path("entities"))
            for folder, make in TABLES.items():
                write_table(make(rows), path(folder))
        if self.setup.docbin:
            with replace_file(path("docbin")) as temporary:
                docbin.to_disk(temporary)
        if bad:
            _write_lines(path("bad"), bad)
        _write_lines(path("documents"), rows)

    def _pipe(self, items: Iterable[Item]) -> Iterator[tuple[Item, Doc | str]]:
        """Each document with its doc, or with the reason why there is none."""
        batch: list[tuple[str, Item]] = []
        size = 0
        for item in items:
            try:
                text = item.read(self.nlp.lang or "en")
            except (ValueError, OSError) as error:
                yield item, str(error)
                continue
            if len(text) > LONG:
                yield from self._run(batch)
                batch, size = [], 0
            batch.append((text, item))
            size += len(text)
            if size >= BATCH or len(text) > LONG:
                yield from self._run(batch)
                batch, size = [], 0
        yield from self._run(batch)

    def _run(self, batch: list[tuple[str, Item]]) -> Iterator[tuple[Item, Doc | str]]:
        try:
            found = list(self._read(batch))
        except Exception as error:  # of any component, on any text
            if len(batch) == 1:
                yield batch[0][1], f"the pipeline failed: {error!r}"
                return
            # One of them; the others are none the worse for it.
            for one in batch:
                yield from self._run([one])
            return
        yield from ((item, doc) for doc, item in found)

    def _read(self, batch: list[tuple[str, Item]]) -> Iterable[tuple[Doc, Item]]:
        if len(batch) == 1 and len(batch[0][0]) > LONG and self.margin is not None:
            ((text, item),) = batch
            return [(read_long(self.nlp, text, self.margin), item)]
        return self.nlp.pipe(batch, as_tuples=True)


def _light(doc: Doc) -> Doc:
    """A doc without the vectors of its encoder."""
    if doc.has_extension("trf_data"):
        doc._.trf_data = None
    return doc


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    with replace_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
