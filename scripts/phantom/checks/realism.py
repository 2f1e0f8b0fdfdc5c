"""Realism: how far the corpus is from unlabelled real text."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Measure,
    phantom_checks,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.adversarial import contrast, cross_validate, tell_tales
from phantom.checks.models.passage_features import known_names, measure_passages
from phantom.checks.models.statistics import auc, effect
from phantom.passages.words import TOKEN, tokenise
from phantom.records import Example

# Passages of a side, below which a comparison says nothing.
LEAST = 10


@phantom_checks.register("realism_statistics")
def realism_statistics(
    corpus: Corpus,
    context: CheckContext,
    *,
    max_effect: float = 0.5,
    sample: int = 5000,
) -> Iterator[Measure]:
    """Length, sentences, abbreviations, numbers ... beside real text.

    Real text has no labels, so names of the pack's lexicons stand for entities:
    their density, their length, and passages without any. Seeds are drawn from the
    same lexicons, so part of an excess is their doing.

    max_effect: Cohen's d beyond which a feature is marked.
    sample: Passages of each side that are measured.
    """
    ours, theirs = _two_sides(corpus, context, sample)
    matcher = known_names(context, [*ours, *theirs])
    left, right = measure_passages(ours, matcher), measure_passages(theirs, matcher)
    rows: list[dict[str, Any]] = []
    for name in (name for name in left if len(left[name]) and len(right[name])):
        d = effect(left[name], right[name])
        rows.append(
            {
                "feature": name,
                "synthetic": round(float(left[name].mean()), 3),
                "real": round(float(right[name].mean()), 3),
                "synthetic median": round(float(np.median(left[name])), 3),
                "real median": round(float(np.median(right[name])), 3),
                "effect": round(d, 3),
            }
        )
    rows.sort(key=lambda row: -abs(row["effect"]))
    far = [row["feature"] for row in rows if abs(row["effect"]) > max_effect]
    yield Measure(
        check="realism_statistics",
        name="features_far_from_real",
        value=len(far),
        target=f"no feature beyond an effect of {max_effect}",
        status="warning" if far else "ok",
        detail="Far from real text: " + (", ".join(far) or "none"),
        rows=rows,
    )
    for name in ("words", "numbers"):
        edges = np.histogram_bin_edges(
            np.concatenate([left[name], right[name]]).clip(max=80), bins=20
        )
        rows = [
            {"from": round(float(edge), 1), "synthetic": float(a), "real": float(b)}
            for edge, a, b in zip(
                edges,
                np.histogram(left[name].clip(max=80), edges)[0] / len(ours),
                np.histogram(right[name].clip(max=80), edges)[0] / len(theirs),
                strict=False,
            )
        ]
        yield Measure(
            check="realism_statistics",
            name=f"histogram_{name}",
            value=None,
            detail=f"{name} per passage",
            rows=rows,
        )


@phantom_checks.register("entity_statistics")
def entity_statistics(
    corpus: Corpus, context: CheckContext, *, reference: dict[str, float] | None = None
) -> Iterator[Measure]:
    """Entity density, mention length, passages without any.

    reference: The same figures of annotated real text, by name, where known.
    """
    if not len(corpus):
        return
    mentions = [entity for example in corpus for entity in example.entities]
    words = sum(sum(t.isalnum() for t in tokens) for tokens in corpus.tokens)
    lengths = [len(mention.text.split()) for mention in mentions]
    texts = {m.text.lower() for m in mentions}
    figures = {
        "mentions_per_passage": len(mentions) / len(corpus),
        "mentions_per_100_words": 100 * len(mentions) / max(words, 1),
        "words_per_mention": float(np.mean(lengths)) if lengths else 0.0,
        "share_without_entity": sum(not e.entities for e in corpus) / len(corpus),
        "share_starting_with_entity": sum(
            bool(e.entities) and e.entities[0].start == 0 for e in corpus
        )
        / len(corpus),
        "relations_per_passage": sum(len(e.relations) for e in corpus) / len(corpus),
        "unique_surfaces_per_mention": len(texts) / max(len(mentions), 1),
    }
    for name, value in figures.items():
        known = (reference or {}).get(name)
        yield Measure(
            check="entity_statistics",
            name=name,
            value=round(value, 4),
            detail=f"real text: {known}" if known is not None else "",
        )


@phantom_checks.register("adversarial")
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
) -> Iterator[Finding | Measure]:
    """A classifier is asked to tell the corpus from real text.

    sample: Passages of each side.
    folds: Of the cross-validation; every score is out of sample.
    max_auc: Beyond it the measure is marked; 0.5 cannot be told apart.
    suspicious: Share of passages, the least real first, that become findings.
    stop: Words left out of the tell-tales, such as terms that the real text's
        topics bring with them.
    """
    ours, theirs = _two_sides(corpus, context, sample)
    texts = [*ours, *theirs]
    is_ours = np.arange(len(texts)) < len(ours)
    scores = {"n-grams": cross_validate(texts, is_ours, folds, context.seed)}
    if context.encoder is not None:
        vectors = context.embed(texts)
        scores["embeddings"] = cross_validate(vectors, is_ours, folds, context.seed)
    for name, values in scores.items():
        area, low, high = auc(values, is_ours)
        yield Measure(
            check="adversarial",
            name=f"auc_{name}",
            value=round(area, 4),
            low=round(low, 4),
            high=round(high, 4),
            target=f"at most {max_auc}",
            status="ok" if low <= max_auc else "warning",
            detail="0.5 is indistinguishable from real text, 1 always told apart",
        )
    index = _sampled(corpus, sample, context.seed)
    rows = tell_tales(tokenise(ours), tokenise(theirs), set(stop or ()))
    names = _in_names(corpus[i] for i in index)
    for row in rows:
        share = names[row["word"]] / max(row["synthetic passages"], 1)
        row["in names"] = round(share, 2)
    yield Measure(
        check="adversarial",
        name="tell_tales",
        value=len(rows),
        detail="; ".join(row["in words"] for row in rows[:3]),
        rows=rows,
    )
    rows = contrast(ours, theirs)
    yield Measure(
        check="adversarial",
        name="openings",
        value=len(rows),
        detail="First two words that one side uses more",
        rows=rows,
    )
    realism = 1 - np.mean([values[is_ours] for values in scores.values()], axis=0)
    for k in np.argsort(realism, kind="stable")[: int(suspicious * len(ours))]:
        yield Finding(
            check="adversarial",
            ids=(corpus[index[k]].id,),
            severity="info",
            reason="reads_synthetic",
            detail=f"realism score {realism[k]:.3f}: {ours[k][:100]!r}",
            value=round(float(realism[k]), 4),
            low_is_worse=True,
            action=action,
        )


def _two_sides(
    corpus: Corpus, context: CheckContext, sample: int
) -> tuple[list[str], list[str]]:
    real = [example.text for example in context.real_examples]
    if min(len(corpus), len(real)) < LEAST:
        raise CheckSkipped(f"needs {LEAST} passages of each side, has {len(real)} real")
    ours = [corpus[i].text for i in _sampled(corpus, sample, context.seed)]
    return ours, [real[i] for i in _sampled(real, sample, context.seed)]


def _in_names(examples: Iterable[Example]) -> Counter[str]:
    """In how many passages a lower-cased word is a part of a mention."""
    return Counter(
        word
        for example in examples
        for word in {
            token.lower() for m in example.entities for token in TOKEN.findall(m.text)
        }
    )


def _sampled(items: Sequence[Any], size: int, seed: int) -> list[int]:
    if len(items) <= size:
        return list(range(len(items)))
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(items), size, replace=False)
    return sorted(int(i) for i in chosen)
