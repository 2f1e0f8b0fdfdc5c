"""Wrong labels found by a model that never saw them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec

import numpy as np

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Measure,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.mention_model import MentionScores, score_mentions
from phantom.passages.rewrite import with_entities
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

# Words of the passages judged together; their features take some 3 KB each.
WORDS_AT_ONCE = 400_000


@dataclass
class Suspect:
    """A run of tokens whose label is doubted. score (float): The lowest is worst."""

    passage: int
    start: int
    end: int
    given: str
    predicted: str
    score: float


@dataclass
class Doubts:
    """What a model that never saw the labels makes of a corpus.

    suspects (List[Suspect]): The most doubted first.
    mentions, agreed (int): How many it judged, and in how many it agrees.
    """

    suspects: list[Suspect] = field(default_factory=list)
    mentions: int = 0
    agreed: int = 0


@phantom_registry.phantom_checks("label_errors")
def label_errors(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    method: str = "dynamics",
    worst: float = 0.02,
    weight: float = 0.5,
    folds: int = 5,
) -> Iterator[Finding | Measure]:
    """Mentions, and untagged words, that an out-of-sample model labels otherwise.

    action (Action): "repair" takes over the model's label; with "downweight" the
        passage is seen in a share `weight` of the training epochs
        (phantom.corpora.weights).
    method (str): "dynamics" (area under the margin over training, Pleiss et al. 2020)
        or "confident" (confident learning, Northcutt et al. 2021, by cleanlab).
    worst (float): Share of passages, the worst first, that become findings.
    """
    if not 0 < weight <= 1:
        raise ValueError(
            f"checks.yml: label_errors.weight: {weight}; give a number above 0, at "
            "most 1, or leave the passages out with action: reject"
        )
    if len(corpus) < 10 * folds:
        raise CheckSkipped(f"needs {10 * folds} passages or more, has {len(corpus)}")
    _require(method)
    doubts = find_suspects(corpus, context, method, folds)
    yield _measure_doubts(doubts)
    for suspect in _worst(doubts.suspects, worst * len(corpus)):
        example = corpus[suspect.passage]
        words = example.text[suspect.start : suspect.end]
        yield Finding(
            ids=(example.id,),
            severity="warning",
            reason="model_disagrees",
            detail=f"{words!r} is {suspect.given}, the model says {suspect.predicted}",
            value=round(suspect.score, 6),
            low_is_worse=True,
            action=action,
            weight=weight,
            replacement=_relabel(example, suspect) if action == "repair" else None,
        )


def find_suspects(
    corpus: Corpus, context: CheckContext, method: str, folds: int
) -> Doubts:
    """What the model doubts in the whole corpus, in parts that fit into memory."""
    encoder, labels = context.require_encoder(), list(context.pack.labels)
    doubts = Doubts()
    for first, passages in _parts(corpus):
        scores = score_mentions(
            passages,
            labels,
            encoder,
            folds=folds,
            seed=context.seed,
            sentences=context.vectors,
        )
        doubts.suspects += [
            replace(suspect, passage=first + suspect.passage)
            for suspect in rank_suspects(scores, method)
        ]
        tagged = scores.given > 0
        same = scores.probabilities.argmax(1) == scores.given
        doubts.mentions += int(tagged.sum())
        doubts.agreed += int(same[tagged].sum())
    doubts.suspects.sort(key=_by_doubt)
    return doubts


def _parts(corpus: Corpus) -> Iterator[tuple[int, list[Example]]]:
    """Parts of the corpus with as many words each, and the place of their first."""
    ends = np.cumsum([example.text.count(" ") + 1 for example in corpus])
    count = int(-(-ends[-1] // WORDS_AT_ONCE))
    part = np.minimum((ends - 1) * count // ends[-1], count - 1)
    for places in np.split(np.arange(len(corpus)), np.flatnonzero(np.diff(part)) + 1):
        yield int(places[0]), [corpus[int(i)] for i in places]


def _measure_doubts(doubts: Doubts) -> Measure:
    by_pair = Counter((s.given, s.predicted) for s in doubts.suspects)
    share = doubts.agreed / max(doubts.mentions, 1)
    return Measure(
        name="doubted_spans",
        value=len(doubts.suspects),
        detail=f"the quick model agrees with {share:.0%} of the mentions",
        rows=[
            {"tagged": a, "model says": b, "spans": n}
            for (a, b), n in by_pair.most_common()
        ],
    )


def _worst(suspects: Iterable[Suspect], limit: float) -> Iterator[Suspect]:
    """The worst suspect of each passage, until there are enough passages."""
    seen: set[int] = set()
    for suspect in suspects:
        if suspect.passage in seen:
            continue
        if len(seen) >= limit:
            return
        seen.add(suspect.passage)
        yield suspect


def rank_suspects(scores: MentionScores, method: str) -> list[Suspect]:
    """Doubted mentions and untagged runs, the most doubted first.

    RAISES: CheckSkipped if cleanlab is missing, ValueError for another method.
    """
    _require(method)
    if method == "confident":
        issues, values = _confident(scores)
    else:
        issues, values = scores.margins < 0, scores.margins
    given, predicted = scores.given, scores.probabilities.argmax(1)
    suspects = []
    for k in np.flatnonzero(issues & (given != predicted)):
        candidate = scores.candidates[k]
        if candidate.drawn:
            continue
        spans = scores.spans[candidate.passage]
        suspects.append(
            Suspect(
                candidate.passage,
                spans[candidate.first][0],
                spans[candidate.last - 1][1],
                scores.labels[given[k]],
                scores.labels[predicted[k]],
                float(values[k]),
            )
        )
    return sorted(suspects, key=_by_doubt)


def _by_doubt(suspect: Suspect) -> tuple[float, int, int]:
    return suspect.score, suspect.passage, suspect.start


def _require(method: str) -> None:
    if method not in ("confident", "dynamics"):
        raise ValueError(
            f"checks.yml: label_errors.method: {method!r}; use confident or dynamics"
        )
    if method == "confident" and find_spec("cleanlab") is None:
        raise CheckSkipped(
            "cleanlab is not installed: pip install 'spacy-phantom[quality]', or set "
            "checks.label_errors.method to dynamics"
        )


def _confident(scores: MentionScores) -> tuple[np.ndarray, np.ndarray]:
    from cleanlab.filter import find_label_issues

    used = np.unique(scores.given)
    # As many as confident learning counts, those of the lowest probability.
    # Classes that the corpus does not use have no threshold to be confident by.
    part = scores.probabilities[:, used]
    part = part / part.sum(1, keepdims=True)
    issues = find_label_issues(
        np.searchsorted(used, scores.given),
        part,
        filter_by="low_self_confidence",
        n_jobs=1,
    )
    return issues, scores.probabilities[np.arange(len(scores.given)), scores.given]


def _relabel(example: Example, suspect: Suspect) -> Example:
    entities: list[Entity] = []
    hit = False
    for entity in example.entities:
        if entity.start < suspect.end and suspect.start < entity.end:
            hit = True
            if suspect.predicted != "O":
                update = {"label": suspect.predicted}
                entities.append(entity.model_copy(update=update))
        else:
            entities.append(entity)
    if not hit and suspect.predicted != "O":
        text = example.text[suspect.start : suspect.end]
        entities.append(
            Entity(
                start=suspect.start,
                end=suspect.end,
                label=suspect.predicted,
                text=text,
            )
        )
    return with_entities(example, entities)
