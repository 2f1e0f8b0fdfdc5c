"""What a variant of a prompt is worth by its sampled passages."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from phantom.checks import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.engine.run import run_checks
from phantom.checks.models.minhash import shingle
from phantom.curation.judge import Judged
from phantom.curation.trials import Trial
from phantom.llms.budget import Price
from phantom.prompts.variants import Variant, wordings_of
from phantom.records import Example, Record
from phantom.records.comparisons import Candidate, Comparison


class Scored(Record):
    """A variant with what was measured; each figure from 0 to 1 but cost.

    accepted (float): Share of the specs whose passage could be used.
    clean (float): Share of the specs whose passage has no finding of the pack's checks.
    diversity (float): Different among all pairs of words, in as many passages as half
        of the specs; a sample that is smaller counts in proportion, since fewer
        passages repeat themselves less.
    realism (Optional[float]): Mean cosine of a passage to the nearest real one, where
        there is real text; else what the judge says of it.
    judge (Optional[float]): Share of the judge's votes for labels and relations.
    f1 (Optional[float]): Of a quick model trained on the passages, if asked for.
    tokens (float): In and out, per accepted passage. cost (Optional[float]): Likewise.
    total (float): Mean of the figures that are there, cost left out.
    """

    name: str
    asked: int
    accepted: float
    clean: float
    diversity: float
    realism: float | None = None
    judge: float | None = None
    f1: float | None = None
    tokens: float = 0.0
    cost: float | None = None
    total: float = 0.0
    reasons: dict[str, int] = {}


def score_trial(
    variant: Variant,
    trial: Trial,
    context: CheckContext,
    price: Price,
    *,
    judged: Mapping[str, Judged] | None = None,
    real: Sequence[Example] = (),
    f1: float | None = None,
) -> Scored:
    """Score the passages of a variant.

    context (CheckContext): Its checks run; its encoder measures realism.
    judged (Optional[Mapping[str, Judged]]): Votes by id of the passage.
    real (Sequence[Example]): Real passages; never shown to the model that writes.
    """
    passages = trial.passages
    size, half = max(1, len(passages)), max(1, trial.asked // 2)
    clean = 0.0
    if passages:
        result = run_checks(passages, context, context.config)
        touched = {f.ids[0] for f in result.findings if f.action != "note"}
        clean = sum(x.id not in touched for x in passages) / max(1, trial.asked)
    figures: dict[str, Any] = {
        "accepted": len(passages) / max(1, trial.asked),
        "clean": clean,
        "diversity": _distinct(passages[:half]) * min(1.0, len(passages) / half),
        "f1": f1,
    }
    if real and passages:
        nearest = (
            context.embed([x.text for x in passages])
            @ context.embed([x.text for x in real]).T
        )
        figures["realism"] = float(nearest.max(axis=1).mean())
    if judged is not None:
        votes = [vote for x in judged.values() for vote in x.votes]
        said = [[float(vote[c]) for vote in votes if c in vote] for c in _ASKED]
        figures["judge"] = float(np.mean([*said[0], *said[1]] or [0.0]))
        if "realism" not in figures and said[2]:
            figures["realism"] = float(np.mean(said[2]))
    known = [value for value in figures.values() if value is not None]
    usage = trial.usage
    figures = {k: v if v is None else round(v, 4) for k, v in figures.items()}
    figures |= {
        "name": variant.name,
        "asked": trial.asked,
        "tokens": round((usage.input_tokens + usage.output_tokens) / size, 1),
        "cost": round(price.cost(usage) / size, 6) if price.known else None,
        "total": round(float(np.mean(known)), 4),
        "reasons": dict(trial.reasons),
    }
    return Scored(**figures)


def to_comparison(
    title: str,
    variants: Sequence[Variant],
    scored: Mapping[str, Scored],
    passages: Mapping[str, Sequence[Example]],
) -> Comparison:
    """As the page of `pick` reads it: candidates without a name in sight."""
    return Comparison(
        title=title,
        candidates=tuple(
            Candidate(
                name=x.name,
                prompt="\n\n".join([*wordings_of(x).values(), x.guidelines]),
                passages=tuple(passages[x.name]),
                scores=show_scores(scored[x.name]),
            )
            for x in variants
            if x.name in scored
        ),
    )


def show_scores(scored: Scored) -> dict[str, float | str]:
    """The figures that there are, by their names for people."""
    names = ("total", "accepted", "clean", "diversity", "realism", "judge", "f1")
    found = {name: getattr(scored, name) for name in (*names, "tokens")}
    if scored.cost is not None:
        found["cost of 1,000"] = round(1000 * scored.cost, 3)
    return {name: value for name, value in found.items() if value is not None}


_ASKED = ("labels", "relations", "realistic")


def _distinct(passages: Sequence[Example]) -> float:
    tokens = [[w.lower() for w in x if w[0].isalnum()] for x in Corpus(passages).tokens]
    if not tokens:
        return 0.0
    flat = shingle(tokens, 2).flat
    return len(np.unique(flat)) / max(len(flat), 1)
