"""Scores relations end to end, over the union of gold and predicted triples."""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry

Triple = tuple[tuple[int, int], tuple[int, int], str]
Scores = dict[str, Any]


@registry.scorers("phantom.relation_scorer.v1")
def make_relation_scorer() -> Callable[..., Scores]:
    """The scorer of the relation extractor; see `score_relations`."""
    return score_relations


def score_relations(examples: Iterable[Example], **cfg: Any) -> Scores:
    """Precision, recall and F1 of the relations in `Doc._.relations`.

    A relation counts as found if head, tail and label agree; mentions agree if they
    cover the same characters. So a gold relation whose mention was missed is lost,
    and a predicted one on a mention that is not there is false. Gold docs whose
    relations are None are not annotated and left out; labels that are not listed in
    `user_data["relation_labels"]`, where that is set, are left out in their doc.

    examples (Iterable[Example]): Predictions beside references.
    schema (Optional[dict]): As in the component; names the symmetric labels.
    labels (Optional[Iterable[str]]): Labels to list even if they never occur.
    RETURNS (Dict[str, Any]): `rel_micro_p`, `rel_micro_r`, `rel_micro_f`, and
        `rel_f_per_type` with p, r, f of each label. None where nothing was
        annotated.
    """
    schema = cfg.get("schema") or {}
    symmetric = {label for label, rule in schema.items() if rule.get("symmetric")}
    counts = {label: [0, 0, 0] for label in cfg.get("labels") or ()}
    annotated = False
    for example in examples:
        if example.reference._.relations is None:
            continue
        annotated = True
        only = example.reference.user_data.get("relation_labels")
        gold = relation_triples(example.reference, symmetric)
        predicted = relation_triples(example.predicted, symmetric)
        for triple in gold | predicted:
            if only is not None and triple[2] not in only:
                continue
            count = counts.setdefault(triple[2], [0, 0, 0])
            count[0] += triple in gold and triple in predicted
            count[1] += triple in predicted
            count[2] += triple in gold
    if not annotated:
        keys = ("rel_micro_p", "rel_micro_r", "rel_micro_f", "rel_f_per_type")
        return dict.fromkeys(keys)
    total = [sum(column) for column in zip(*counts.values(), strict=True)] or [0] * 3
    micro = precision_recall_f(*total)
    return {
        **{f"rel_micro_{key}": value for key, value in micro.items()},
        "rel_f_per_type": {
            label: precision_recall_f(*count) for label, count in counts.items()
        },
    }


def relation_triples(doc: Doc, symmetric: Iterable[str] = ()) -> set[Triple]:
    """The relations of a doc in character offsets, free of its tokenisation.

    symmetric (Iterable[str]): Labels whose head is the earlier mention.
    RETURNS (Set[Triple]): ((head start, end), (tail start, end), label).
    """
    symmetric = set(symmetric)
    triples = set()
    for relation in doc._.relations or ():
        head, tail = (
            (doc[start:end].start_char, doc[start:end].end_char)
            for start, end in (relation["head"], relation["tail"])
        )
        if relation["label"] in symmetric and tail < head:
            head, tail = tail, head
        triples.add((head, tail, relation["label"]))
    return triples


def precision_recall_f(true: int, predicted: int, gold: int) -> dict[str, float]:
    """p, r and f from counts; 0 where there is nothing to divide by."""
    return {
        "p": true / predicted if predicted else 0.0,
        "r": true / gold if gold else 0.0,
        "f": 2 * true / (predicted + gold) if predicted + gold else 0.0,
    }
