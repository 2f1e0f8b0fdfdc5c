"""The reader `phantom.RelationCorpus.v1`: spaCy's, which keeps relations."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Optional

from spacy.errors import Errors
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Corpus, Example
from spacy.util import logger, registry
from spacy.vocab import Vocab

NOMINAL = "nominal"
LOST = ("docs", "entities", "relations", "augmented")


@registry.readers("phantom.RelationCorpus.v1")
def make_relation_corpus(
    path: Optional[str | Path],
    max_length: int = 0,
    gold_preproc: bool = False,
    limit: int = 0,
    augmenter: Optional[Callable] = None,
) -> "RelationCorpus":
    """Read a DocBin corpus as `spacy.Corpus.v1` does, with its relations.

    spaCy's reader cuts docs with `as_doc`, and augments them through dicts; both lose
    `Doc._.relations`, and what is lost is then taught as "no relation". So does
    `Doc.spans`, of which this one keeps "nominal", other mentions that relations join.

    path (Union[str, Path]): A .spacy file, or a folder of them.
    max_length (int): Docs of that many tokens are cut into sentences, as many
        together as fit; 0 cuts none.
    gold_preproc (bool): One example per sentence, with gold tokens.
    limit (int): Read no more docs than this; 0 reads all.
    augmenter (Optional[Callable]): As in spaCy's. Relations go along where the
        augmented doc has as many tokens; else the example is left out.
    RETURNS (Callable): From the pipeline to examples. What is lost is counted in
        `lost`, and a warning says so.
    """
    if path is None:
        raise ValueError(Errors.E913)
    return RelationCorpus(
        path,
        limit=limit,
        gold_preproc=gold_preproc,
        max_length=max_length,
        augmenter=augmenter,
    )


class RelationCorpus(Corpus):
    """See `make_relation_corpus`."""

    lost: dict[str, int]
    _docs: list[Doc]
    _stamp: Any = None

    def __call__(self, nlp: Language) -> Iterator[Example]:
        """Yield the examples, and warn of what could not be kept."""
        self.lost = dict.fromkeys(LOST, 0)
        augment, self.augmenter = self.augmenter, _no_change
        try:
            for example in super().__call__(nlp):
                for other in augment(nlp, example):
                    if other is not example and not _carry(example, other):
                        self.lost["augmented"] += 1
                        continue
                    yield other
        finally:
            self.augmenter = augment
        if any(self.lost.values()):
            parts = ", ".join(f"{n} {what}" for what, n in self.lost.items() if n)
            logger.warning(
                "%s: lost in reading: %s (max_length %d); docs need sentence bounds "
                "to be cut, relations both ends in one part, augmented docs the "
                "tokens of the original",
                self.path,
                parts,
                self.max_length,
            )

    def read_docbin(self, vocab: Vocab, locs: Iterable[str | Path]) -> Iterator[Doc]:
        """Yield the docs, those of the last reading where no file has changed.

        Each component that is initialised reads all, and so does each evaluation.
        """
        paths = [Path(loc) for loc in locs]
        stamp = (vocab, [(path, path.stat().st_mtime_ns) for path in paths])
        if self._stamp == stamp:
            yield from self._docs
            return
        docs = []
        for doc in super().read_docbin(vocab, paths):
            docs.append(doc)
            yield doc
        self._stamp, self._docs = stamp, docs

    def make_examples(
        self, nlp: Language, reference_docs: Iterable[Doc]
    ) -> Iterator[Example]:
        """Whole docs, and parts of those that are too long."""
        for doc in reference_docs:
            if not self.max_length or len(doc) < self.max_length:
                yield self._make_example(nlp, doc, False)
                continue
            parts = list(self._parts(doc))
            if not parts:
                self.lost["docs"] += 1
            yield from (self._make_example(nlp, part, False) for part in parts)

    def make_examples_gold_preproc(
        self, nlp: Language, reference_docs: Iterable[Doc]
    ) -> Iterator[Example]:
        """Single sentences, where they are known."""
        for doc in reference_docs:
            has_sents = doc.has_annotation("SENT_START")
            spans = list(doc.sents) if has_sents else [doc[:]]
            for part in self._cut(doc, spans):
                yield self._make_example(nlp, part, True)

    def _parts(self, doc: Doc) -> Iterator[Doc]:
        """Sentences, as many together as fit; longer ones are left out."""
        if not doc.has_annotation("SENT_START"):
            self._count(doc, [])
            return
        spans: list[Span] = []
        for sent in doc.sents:
            if len(sent) >= self.max_length:
                continue
            last = spans[-1] if spans else None
            if (
                last is not None
                and last.end == sent.start
                and sent.end - last.start < self.max_length
            ):
                spans[-1] = doc[last.start : sent.end]
            else:
                spans.append(sent)
        yield from self._cut(doc, spans)

    def _cut(self, doc: Doc, spans: list[Span]) -> Iterator[Doc]:
        self._count(doc, spans)
        for span in spans:
            part = span.as_doc()
            part.user_data.update(_plain_data(doc))
            part._.relations = _inside(doc, span)
            _copy_nominal(doc, part, span.start)
            yield part

    def _count(self, doc: Doc, spans: list[Span]) -> None:
        kept = sum(len(span.ents) for span in spans)
        self.lost["entities"] += len(doc.ents) - kept
        kept = sum(len(_inside(doc, span) or ()) for span in spans)
        self.lost["relations"] += len(doc._.relations or ()) - kept


def _inside(doc: Doc, span: Span) -> Optional[list[dict[str, Any]]]:
    """The relations whose ends both lie in a span, counted from its start."""
    if doc._.relations is None:
        return None
    return [
        _move(relation, -span.start)
        for relation in doc._.relations
        if all(
            span.start <= relation[end][0] and relation[end][1] <= span.end
            for end in ("head", "tail")
        )
    ]


def _move(relation: dict[str, Any], by: int) -> dict[str, Any]:
    ends = {end: [i + by for i in relation[end]] for end in ("head", "tail")}
    return {**relation, **ends}


def _copy_nominal(doc: Doc, part: Doc, first: int = 0) -> None:
    """Give a doc the mentions without a name of one that has its tokens from `first`.

    Those that a bound cuts are left out, as entities are.
    """
    last = first + len(part)
    spans = [
        Span(part, span.start - first, span.end - first, span.label)
        for span in doc.spans.get(NOMINAL, ())
        if first <= span.start and span.end <= last
    ]
    if spans:
        part.spans[NOMINAL] = spans


def _plain_data(doc: Doc) -> dict[Any, Any]:
    """User data of the whole doc, such as where it comes from; no place in it."""
    data = {k: v for k, v in doc.user_data.items() if not isinstance(k, tuple)}
    data.pop("relation_chances", None)
    return data


def _carry(example: Example, other: Example) -> bool:
    """Give an augmented example the relations, if it has the same tokens."""
    old, new = example.reference, other.reference
    if len(old) != len(new):
        return old._.relations is None
    new.user_data.update(_plain_data(old))
    new._.relations = old._.relations
    _copy_nominal(old, new)
    return True


def _no_change(nlp: Language, example: Example) -> Iterator[Example]:
    yield example
