"""Memorisation: is the corpus nearer to the text that was seen than to other text."""

from collections.abc import Iterator, Sequence

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
from phantom.checks.models.statistics import wilson
from phantom.checks.models.vectors import nearest
from phantom.records import Example


@phantom_checks.register("memorisation")
def memorisation(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    sample: int = 3000,
    least: int = 10,
    max_share: float = 0.55,
    too_near: float = 0.01,
) -> Iterator[Finding | Measure]:
    """Distance of synthetic to real text against that of real to real text.

    The memorisation score is the share of passages that lie nearer to the private
    text than to as much held-out text of the same source: 0.5 if nothing was
    memorised. Without a holdout, private text is split in two, and only the
    distances are told; without private text, the unlabelled real text stands in.

    sample: Passages of each side; with fewer than `least`, the check is skipped.
    max_share: The score fails if its interval lies beyond.
    too_near: Passages nearer to real text than this share of real passages are to
        one another become findings.
    """
    context.require_encoder()
    has_private = bool(context.private)
    seen = context.read(context.private, "") if has_private else context.real_examples
    rng = np.random.default_rng(context.seed)
    order = [int(i) for i in rng.permutation(len(seen))]
    if has_private and context.holdout:
        other: Sequence[Example] = context.read(context.holdout, "holdout text")
        half = min(len(seen), len(other), sample)
        first = [seen[i].text for i in order[:half]]
        second = [example.text for example in other[:half]]
    else:
        half = min(len(seen) // 2, sample)
        first = [seen[i].text for i in order[:half]]
        second = [seen[i].text for i in order[half : 2 * half]]
    ours = list(corpus)[:sample]
    if half < least:
        raise CheckSkipped(f"needs {least} passages on each side of real text")
    a, b = context.embed(first), context.embed(second)
    vectors = context.embed([example.text for example in ours])
    to_seen, to_other = nearest(vectors, a), nearest(vectors, b)
    real = nearest(b, a)
    limit = float(np.quantile(real, 1 - too_near))
    # A passage that is no nearer to either side counts half.
    nearer = (to_seen > to_other + 1e-6).sum() + 0.5 * (
        np.abs(to_seen - to_other) <= 1e-6
    ).sum()
    low, high = wilson(float(nearer), len(ours))
    share = float(nearer) / max(len(ours), 1)
    judged = has_private and bool(context.holdout)
    yield Measure(
        check="memorisation",
        name="memorisation_score",
        value=round(share, 4),
        low=round(low, 4),
        high=round(high, 4),
        target=f"at most {max_share}" if judged else "",
        status=("fail" if low > max_share else "ok") if judged else "info",
        detail="share of passages nearer to the text seen than to a holdout; "
        + ("" if judged else "no private text with holdout, so real text is halved"),
    )
    yield Measure(
        check="memorisation",
        name="nearest_real_cosine",
        value=round(float(np.median(to_seen)), 4),
        detail=f"median; real text to other real text {np.median(real):.3f}",
        rows=[
            {
                "quantile": q,
                "synthetic to real": round(float(np.quantile(to_seen, q)), 4),
                "real to real": round(float(np.quantile(real, q)), 4),
            }
            for q in (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
        ],
    )
    for i in np.flatnonzero(to_seen > max(limit, 0.9)):
        j = int(np.argmax(a @ vectors[i]))
        yield Finding(
            check="memorisation",
            ids=(ours[i].id,),
            severity="error",
            reason="too_near_to_real",
            detail=f"cosine {to_seen[i]:.2f} with real text {first[j][:120]!r}",
            value=round(float(to_seen[i]), 4),
            action=action,
        )
