"""Successive halving: all variants on few passages, the better half on more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from phantom.curation.trials import Trial, Trials
from phantom.prompts.variants import Variant, find_variant, rounds, survivors
from phantom.records import Example, Spec
from phantom.reports.prompts.build import Scored

Score = Callable[[Variant, Trial], Scored]


@dataclass
class Search:
    """What a search came to.

    scored (Dict[str, Scored]): By variant, of the last whole round that it was in.
    order (List[str]): Those that are left, the best first.
    stopped (Optional[str]): Why it ended early; `remedy` says what can be done.
    """

    scored: dict[str, Scored] = field(default_factory=dict)
    passages: dict[str, list[Example]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    stopped: str | None = None
    remedy: str = ""


def search(
    trials: Trials,
    variants: Sequence[Variant],
    plan: Sequence[Spec],
    first: int,
    score: Score,
    tell: Callable[[dict[str, Scored]], None],
) -> Search:
    """Sample, score, keep the better half, until one is left or the budget is spent.

    A round that was not completed counts for nobody.

    plan (Sequence[Spec]): As many as the last round asks for; earlier ones take the
        first of them.
    tell (Callable): Called with the scores of each whole round.
    """
    found = Search(order=[x.name for x in variants])
    for size in rounds(len(variants), first):
        news: dict[str, Scored] = {}
        passages: dict[str, list[Example]] = {}
        for name in found.order:
            variant = find_variant(variants, name)
            trial, summary = trials.sample(variant, plan[:size])
            if summary.stopped:
                found.stopped, found.remedy = summary.stopped, summary.remedy
                return found
            passages[name] = trial.passages
            news[name] = score(variant, trial)
        found.scored |= news
        found.passages |= passages
        tell(news)
        costs = {name: x.cost or x.tokens for name, x in news.items()}
        found.order = survivors({n: x.total for n, x in news.items()}, costs)
    return found
