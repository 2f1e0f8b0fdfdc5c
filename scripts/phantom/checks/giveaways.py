"""What gives the corpus away: a classifier's score, words, openings, passages."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from phantom.checks.engine.base import (
    Action,
    Finding,
    Item,
    Measure,
    PassageScores,
    Plot,
    Point,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.engine.sides import draw_apart, draw_sample, two_sides
from phantom.checks.models.adversarial import contrast, cross_validate, tell_tales
from phantom.checks.models.statistics import auc
from phantom.feedback.from_checks import quote_words
from phantom.passages.words import TOKEN, tokenize
from phantom.records import Example
from phantom.records.examples import REALISM
from phantom.registry import phantom_registry

# So many words and openings of each side become hints.
WORDS, OPENINGS = 20, 5


@phantom_registry.phantom_checks("adversarial")
def adversarial(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "note",
    sample: int = 3000,
    folds: int = 5,
    max_auc: float = 0.85,
    suspicious: float = 0.02,
    stop: list[str] | None = None,
) -> Iterator[Item]:
    """How well a classifier tells the corpus from real text, and by which words.

    The passages that read least like real text become findings. Each passage gets its
    realism score, 0 (synthetic) to 1 (real), as `meta.realism`.

    sample (int): Passages of each side that the classifier learns from; the corpus's
        others get the mean score of the classifiers of all folds.
    folds (int): Of the cross-validation; every score is out of sample.
    max_auc (float): Beyond it the measure is marked; 0.5 cannot be told apart.
    suspicious (float): Share of passages, the least real first, that become findings.
    stop (Optional[List[str]]): Words left out of the tell-tales, such as terms that the
        real text's topics bring with them.
    """
    ours, theirs = two_sides(corpus, context, sample)
    index = draw_sample(corpus, sample, context.seed)
    is_ours = np.arange(len(ours) + len(theirs)) < len(ours)
    inside = set(index)
    rest = [i for i in range(len(corpus)) if i not in inside]
    others = [corpus[i].text for i in rest]
    scores = cross_scores([*ours, *theirs], is_ours, context, folds, others)
    for name, values in scores.items():
        yield _measure_area(name, auc(values[: len(is_ours)], is_ours), max_auc)
    rows = tell_tales(tokenize(ours), tokenize(theirs), set(stop or ()))
    add_share_in_names(rows, (corpus[i] for i in index))
    yield _measure_words(rows)
    words = [r for r in rows if len(r["word"]) > 1 and r["in names"] < 0.5]
    yield from quote_words(words, context.language, "word", WORDS)
    rows = contrast(ours, theirs)
    yield Measure(
        name="openings",
        value=len(rows),
        detail="First two words that one side uses more",
        rows=rows,
        giveaways=_say(rows),
    )
    yield from quote_words(rows, context.language, "opening", OPENINGS)
    means = 1 - np.mean(list(scores.values()), axis=0)
    realism, beside = means[: len(ours)], means[len(is_ours) :]
    values = np.round(np.concatenate([realism, beside]), 4).tolist()
    by_id = {corpus[i].id: x for i, x in zip([*index, *rest], values, strict=True)}
    yield _measure_realism(list(by_id.values()), context.withheld)
    if not context.withheld:
        yield PassageScores(name=REALISM, values=by_id)
    for k in np.argsort(realism, kind="stable")[: int(suspicious * len(ours))]:
        yield Finding(
            ids=(corpus[index[k]].id,),
            severity="info",
            reason="reads_synthetic",
            detail=f"realism score {realism[k]:.3f}: {ours[k][:100]!r}",
            value=round(float(realism[k]), 4),
            low_is_worse=True,
            action=action,
        )


def cross_scores(
    texts: list[str],
    is_ours: np.ndarray,
    context: CheckContext,
    folds: int,
    others: list[str],
) -> dict[str, np.ndarray]:
    """Out-of-sample probability of being synthetic, by what a classifier sees.

    others (List[str]): More texts, which none learns from; their scores come last.
    """
    seed = context.seed
    scores = {"n-grams": cross_validate(texts, is_ours, folds, seed, others)}
    if context.encoder is not None:
        vectors = context.embed([*texts, *others])
        known, beside = vectors[: len(texts)], vectors[len(texts) :]
        scores["embeddings"] = cross_validate(known, is_ours, folds, seed, beside)
    return scores


def add_share_in_names(rows: list[dict[str, Any]], examples: Iterable[Example]) -> None:
    """Add in which share of its passages a word is a part of a mention."""
    names = Counter(
        word
        for example in examples
        for word in {
            token.lower() for m in example.entities for token in TOKEN.findall(m.text)
        }
    )
    for row in rows:
        share = names[row["word"]] / max(row["synthetic passages"], 1)
        row["in names"] = round(share, 2)


def _measure_area(
    name: str, area: tuple[float, float, float], max_auc: float
) -> Measure:
    value, low, high = (round(x, 4) for x in area)
    shown = {"n-grams": "word and letter n-grams", "embeddings": "encoder vectors"}
    return Measure(
        name=f"auc_{name}",
        value=value,
        low=low,
        high=high,
        target=f"at most {max_auc}",
        status="ok" if area[1] <= max_auc else "warning",
        detail="0.5 is indistinguishable from real text, 1 always told apart",
        plot=draw_apart(shown[name], value, low, high),
    )


def _measure_realism(scores: list[float], withheld: str) -> Measure:
    told = f"not written to passages: {withheld}" if withheld else "as `meta.realism`"
    return Measure(
        name="realism",
        value=round(float(np.mean(scores)), 4),
        detail=f"Mean score of {len(scores):,} passages, 0 synthetic to 1 real; {told}",
    )


def _measure_words(rows: list[dict[str, Any]]) -> Measure:
    ours = [row for row in rows if row["z"] > 0][:25]
    most = sorted(ours, key=lambda row: -row["times"])[:14]
    plot = Plot(
        kind="bars",
        title="Words that give the corpus away",
        caption="How many times more frequent a word is than in real text.",
        axis="times more frequent",
        points=[
            Point(label=row["word"], value=row["times"], marked=True) for row in most
        ],
    )
    return Measure(
        name="tell_tales",
        value=len(rows),
        detail="; ".join(row["in words"] for row in rows[:3]),
        rows=rows,
        plot=plot,
        giveaways=_say(rows),
    )


def _say(rows: list[dict[str, Any]]) -> list[str]:
    """Sentences on the corpus's own words that are at least twice as frequent."""
    return [r["in words"] for r in rows if r["z"] > 0 and r["times"] >= 2]
