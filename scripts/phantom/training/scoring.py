"""Scores of a pipeline on spaCy examples: entities and relations, end to end."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from spacy.language import Language
from spacy.scorer import get_ner_prf
from spacy.training import Example

from phantom.records import Record
from phantom.runtime import register_components

RELATIONS = "relation_extractor"


class Scores(Record):
    """Strict precision, recall and F1, 0 to 1; None where nothing is annotated."""

    ents_p: float | None = None
    ents_r: float | None = None
    ents_f: float | None = None
    rel_micro_p: float | None = None
    rel_micro_r: float | None = None
    rel_micro_f: float | None = None

    @property
    def mean(self) -> float:
        """Of the F1 of entities and of relations, those that are there."""
        found = [x for x in (self.ents_f, self.rel_micro_f) if x is not None]
        return sum(found) / len(found) if found else 0.0


def predict_beside(nlp: Language, examples: Sequence[Example]) -> list[Example]:
    """The references beside what a pipeline finds in their texts."""
    docs = nlp.pipe(example.reference.text for example in examples)
    return [
        Example(doc, example.reference)
        for doc, example in zip(docs, examples, strict=True)
    ]


def score(
    nlp: Language, predicted: Iterable[Example], labels: Collection[str] | None = None
) -> Scores:
    """Score predictions of entities and relations.

    predicted (Iterable[Example]): As `predict_beside` makes them.
    labels (Optional[Collection[str]]): Leave out entities of any other label, which
        the references never mark.
    """
    examples = list(predicted)
    if labels is not None:
        for example in examples:
            doc = example.predicted
            doc.ents = [ent for ent in doc.ents if ent.label_ in labels]
    found: dict[str, Any] = dict(get_ner_prf(examples))
    if RELATIONS in nlp.pipe_names:
        pipe: Any = nlp.get_pipe(RELATIONS)
        score_relations = register_components()["relation_scorer"].score_relations
        relations = score_relations(examples, schema=pipe.schema)
        if any(x.reference._.relations for x in examples):
            found.update(relations)
    return Scores.model_validate({k: v for k, v in found.items() if k in _KEYS})


_KEYS = frozenset(Scores.model_fields)
