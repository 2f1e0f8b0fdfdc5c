"""What the spec asked for against what the passage holds."""

from collections.abc import Collection, Iterator

from phantom.checks.engine.base import Action, Finding
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.passages.concepts import spread_relations
from phantom.passages.judgement import ENTITY_REASONS, RELATION_REASONS, judge_passage
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("spec_relations")
def spec_relations(
    corpus: Corpus,
    context: CheckContext,
    *,
    missing: Action = "reject",
    forbidden: Action = "reject",
) -> Iterator[Finding]:
    """A relation that the spec implies is missing, or one it forbade is stated.

    missing, forbidden (Action): What becomes of such passages.
    """
    actions = {"relation_missing": missing, "forbidden_relation": forbidden}
    for example, reason, detail in _judge(corpus, context, RELATION_REASONS):
        yield _finding(example, reason, detail, actions[reason])


@phantom_registry.phantom_checks("spec_entities")
def spec_entities(
    corpus: Corpus, context: CheckContext, *, action: Action = "review"
) -> Iterator[Finding]:
    """A label that the spec asks for is absent, or an empty passage has mentions."""
    for example, reason, detail in _judge(corpus, context, ENTITY_REASONS):
        yield _finding(example, reason, detail, action)


@phantom_registry.phantom_checks("relation_aliases")
def relation_aliases(
    corpus: Corpus, context: CheckContext, *, action: Action = "repair"
) -> Iterator[Finding]:
    """A relation listed for one mention of a concept and not for its others.

    action (Action): "repair" lists it for the long form, its abbreviation and repeats.
    """
    rules = context.pack.relations
    for example in corpus:
        if not example.relations:
            continue
        known = [r for r in example.relations if r.label in rules]
        spread = spread_relations(
            example.text,
            example.entities,
            known,
            rules,
            context.language,
        )
        extra = set(spread) - set(example.relations)
        if extra:
            wanted = dict.fromkeys([*example.relations, *spread])
            text = {i: entity.text for i, entity in enumerate(example.entities)}
            yield Finding(
                ids=(example.id,),
                severity="warning",
                reason="alias_without_relation",
                detail="; ".join(
                    sorted(
                        f"{r.label}: {text[r.head]} -> {text[r.tail]}" for r in extra
                    )
                ),
                value=len(extra),
                action=action,
                replacement=example.model_copy(update={"relations": tuple(wanted)}),
            )


def _judge(
    corpus: Corpus, context: CheckContext, reasons: Collection[str]
) -> Iterator[tuple[Example, str, str]]:
    """What curate judged, of passages that may have been edited or repaired since."""
    for example in corpus:
        kind = context.pack.kinds.get(str(example.meta.get("kind")))
        if kind is None:
            continue
        labels = [label for label, n in kind.entities.items() if n]
        for found in judge_passage(kind, labels, example.entities, example.relations):
            if found.reason in reasons:
                yield example, found.reason, found.detail


def _finding(
    example: Example,
    reason: str,
    detail: str,
    action: Action,
) -> Finding:
    return Finding(
        ids=(example.id,),
        severity="error",
        reason=reason,
        detail=detail,
        value=1,
        action=action,
    )
