"""Labelled records as references for a pipeline, what they leave unsaid left open."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.training import Example
from spacy.util import registry

from phantom import records
from phantom.corpora.docbin import Alignment, to_doc
from phantom.corpora.origins import OriginCounts, Permits, admit, count_corpus


def to_gold(
    nlp: Language,
    examples: Iterable[records.Example],
    *,
    labels: Collection[str] | None = None,
    relations: Collection[str] | None = None,
    permits: Permits | None = None,
    lost: Alignment | None = None,
) -> list[Example]:
    """Make references beside plain docs.

    What the records never mark is not taught as absent: relations of other labels
    teach nothing, and where the pipeline finds an entity of another label, words that
    the records leave out stay open.

    examples (Iterable[records.Example]): In labels of the pipeline.
    labels, relations (Optional[Collection[str]]): Those that they mark wherever they
        occur; by default those that occur in them.
    permits (Optional[Permits]): Real text that may train; None: none.
    RAISES: ValueError if a text may not be used for training.
    """
    given = list(examples)
    if labels is None:
        labels = {entity.label for x in given for entity in x.named().entities}
    if relations is None:
        relations = {relation.label for x in given for relation in x.relations}
    made = make_pairs(nlp, given, relations, lost)
    for pair in made:
        admit(pair.reference.user_data["example"], permits or Permits())
    leave_open(nlp, made, labels)
    return made


def make_pairs(
    nlp: Language,
    examples: Iterable[records.Example],
    relations: Collection[str],
    lost: Alignment | None = None,
) -> list[Example]:
    """References beside plain docs; relations of other labels say nothing."""
    made = []
    for example in examples:
        doc = to_doc(nlp, example, lost)
        if relations:
            doc.user_data["relation_labels"] = sorted(relations)
        else:
            doc._.relations = None
        made.append(Example(nlp.make_doc(example.text), doc))
    return made


def leave_open(
    nlp: Language, examples: Sequence[Example], labels: Collection[str]
) -> None:
    """Leave open what the references say nothing of and the pipeline takes for an
    entity of a label that they never mark."""
    texts = (example.reference.text for example in examples)
    for example, found in zip(examples, nlp.pipe(texts), strict=True):
        doc = example.reference
        tokens = [
            doc[i : i + 1]
            for ent in found.ents
            if ent.label_ not in labels
            for i in range(ent.start, ent.end)
            if doc[i].ent_iob_ == "O"
        ]
        doc.set_ents([], missing=tokens, default="unmodified")


def count_training(nlp: Language, gold: Sequence[Example]) -> OriginCounts | None:
    """What trained a pipeline, with these examples on top.

    RETURNS (Optional[OriginCounts]): None if the pipeline does not say what did.
    """
    old = read_counts(nlp.meta)
    if old is None:
        return None
    return old.plus(count_corpus(gold))


def read_counts(meta: Mapping[str, Any]) -> OriginCounts | None:
    """What a pipeline's meta says that it was trained on, None if nothing."""
    provenance = meta.get("data_provenance") or {}
    said = meta.get("training_data") or provenance.get("counts")
    return OriginCounts.model_validate(said) if said else None


def read_corpus(nlp: Language, path: Path) -> list[Example]:
    """Examples of a DocBin, with their relations.

    RAISES: ValueError if there is no such file.
    """
    if not path.is_file():
        raise ValueError(f"{path}: no such file; run `convert` first")
    make = registry.readers.get("phantom.RelationCorpus.v1")
    return list(make(path)(nlp))
