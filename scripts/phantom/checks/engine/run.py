"""Run the checks of a corpus, act on what they find, pass judgement."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phantom.checks import CheckContext, ChecksConfig, Corpus
from phantom.checks.engine.base import (
    CheckSkipped,
    Finding,
    Item,
    Measure,
    PassageScores,
)
from phantom.checks.engine.result import QualityResult
from phantom.feedback.hints import Hint
from phantom.jsonl import write_jsonl
from phantom.records import Example, Rejected
from phantom.registry import phantom_registry


@dataclass
class Changes:
    """What the findings of one check ask for, by example id."""

    dropped: dict[str, Finding] = field(default_factory=dict)
    repaired: dict[str, Example] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    scores: dict[str, dict[str, float]] = field(default_factory=dict)


def run_checks(
    examples: Iterable[Example], context: CheckContext, config: ChecksConfig
) -> QualityResult:
    """Run the configured checks in order; each sees what the ones before left.

    RETURNS (QualityResult): Deterministic for the same input and seed.
    RAISES: ValueError for ids that occur twice.
    """
    corpus = Corpus(examples)
    _check_ids(corpus)
    result = QualityResult(given=len(corpus))
    for name, settings in config.checks.items():
        start = time.perf_counter()
        changes = Changes()
        try:
            if not len(corpus):
                raise CheckSkipped("no passage is left")
            for item in run_check(name, corpus, context, settings):
                if isinstance(item, Measure):
                    _add_measure(item, config, result)
                elif isinstance(item, Hint):
                    result.hints.append(item)
                elif isinstance(item, PassageScores):
                    for id, value in item.values.items():
                        changes.scores.setdefault(id, {})[item.name] = value
                else:
                    _add_finding(item, config, result, changes)
        except CheckSkipped as reason:
            result.skipped[name] = str(reason)
        corpus = _apply(corpus, changes, context, result)
        result.seconds[name] = round(time.perf_counter() - start, 3)
    result.examples = corpus.examples
    return result


def run_check(
    name: str, corpus: Corpus, context: CheckContext, settings: Mapping[str, Any]
) -> Iterator[Item]:
    """What one check yields, each item with the check's registered name."""
    check = phantom_registry.phantom_checks.get(name)
    for item in check(corpus, context, **settings):
        yield item.model_copy(update={"check": name})


def apply_target(measure: Measure, config: ChecksConfig) -> Measure:
    """The measure with the status that its target in checks.yml gives it."""
    target = config.targets.get(measure.name)
    if target is None or measure.value is None:
        return measure
    below = target.min is not None and measure.value < target.min
    above = target.max is not None and measure.value > target.max
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("at least", target.min), ("at most", target.max))
        if bound is not None
    ]
    status = target.status if below or above else "ok"
    return measure.model_copy(update={"status": status, "target": " and ".join(bounds)})


def _check_ids(corpus: Corpus) -> None:
    counts = Counter(example.id for example in corpus)
    twice = [id for id, n in counts.items() if n > 1]
    if twice:
        raise ValueError(
            f"{len(twice)} ids occur more than once, such as {twice[0]!r}; findings "
            "could not tell the passages apart. Give every passage its own id."
        )


def _add_measure(item: Measure, config: ChecksConfig, result: QualityResult) -> None:
    measure = apply_target(item, config)
    if measure.status == "fail":
        for waiver in config.waivers:
            if waiver.covers(measure.check, measure.name, ("",)):
                result.waived.append((measure, waiver))
                measure = measure.model_copy(update={"status": "warning"})
                break
    result.measures.append(measure)


def _add_finding(
    item: Finding, config: ChecksConfig, result: QualityResult, changes: Changes
) -> None:
    for waiver in config.waivers:
        if waiver.covers(item.check, item.reason, item.ids):
            result.waived.append((item, waiver))
            return
    result.findings.append(item)
    id = item.ids[0]
    if item.action == "reject":
        changes.dropped.setdefault(id, item)
    elif item.action == "repair" and item.replacement is not None:
        changes.repaired[id] = item.replacement
    elif item.action == "downweight":
        changes.weights[id] = min(item.weight, changes.weights.get(id, 1.0))


def _apply(
    corpus: Corpus, changes: Changes, context: CheckContext, result: QualityResult
) -> Corpus:
    if changes == Changes():
        return corpus
    new: dict[str, Example] = {}
    for example in corpus:
        id = example.id
        if id in changes.dropped:
            result.rejected.append((example, changes.dropped[id]))
            continue
        if id in changes.repaired:
            result.repaired.setdefault(id, example)
            new[id] = _fit_schema(changes.repaired[id], context)
        if id in changes.weights:
            base = new.get(id, example)
            weight = min(changes.weights[id], base.weight)
            new[id] = base.model_copy(update={"weight": weight})
        if id in changes.scores:
            base = new.get(id, example)
            meta = {**base.meta, **changes.scores[id]}
            new[id] = base.model_copy(update={"meta": meta})
    return corpus.revise(set(changes.dropped), new)


def _fit_schema(example: Example, context: CheckContext) -> Example:
    """Drop relations that a repaired mention's label no longer allows."""
    rules = context.pack.relations
    kept = tuple(
        relation
        for relation in example.relations
        if relation.label not in rules
        or rules[relation.label].allows(
            example.entities[relation.head].label, example.entities[relation.tail].label
        )
    )
    return example.model_copy(update={"relations": kept})


def write_corpus(result: QualityResult, folder: Path) -> None:
    """Write what passes, what does not and why, and what a person should look at."""
    write_jsonl(folder / "checked.jsonl", result.examples)
    rejected = [
        Rejected(
            spec_id=example.id,
            reason=f"{finding.check}.{finding.reason}",
            detail=finding.detail,
            raw=example.text,
            meta={"value": finding.value, "example": example.model_dump(mode="json")},
        )
        for example, finding in result.rejected
    ]
    write_jsonl(folder / "rejected_by_checks.jsonl", rejected)
    write_jsonl(folder / "before_repair.jsonl", result.repaired.values())
    review = [f for found in result.to_review().values() for f in found]
    write_jsonl(folder / "review.jsonl", review)
