"""What the spec asked for against what the passage holds."""

from collections.abc import Iterator

from phantom.checks.engine.base import Action, Finding, phantom_checks
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.passages.concepts import spread_relations
from phantom.records import Example


@phantom_checks.register("spec_relations")
def spec_relations(
    corpus: Corpus,
    context: CheckContext,
    *,
    missing: Action = "reject",
    forbidden: Action = "reject",
) -> Iterator[Finding]:
    """A relation that the spec implies is missing, or one it forbade is stated.

    missing, forbidden: What becomes of such passages.
    """
    for example in corpus:
        kind = context.pack.kinds.get(str(example.meta.get("kind")))
        if kind is None:
            continue
        stated = {relation.label for relation in example.relations}
        if kind.relation and kind.relation not in stated:
            detail = f"the spec asks for {kind.relation}, which is not listed"
            yield _finding(example, "relation_missing", detail, missing)
        barred = stated if "*" in kind.forbids else stated & set(kind.forbids)
        if barred:
            detail = f"{', '.join(sorted(barred))} is listed, the spec forbids it"
            yield _finding(example, "relation_forbidden", detail, forbidden)


@phantom_checks.register("spec_entities")
def spec_entities(
    corpus: Corpus, context: CheckContext, *, action: Action = "review"
) -> Iterator[Finding]:
    """A label that the spec asks for is absent, or an empty passage has mentions."""
    for example in corpus:
        kind = context.pack.kinds.get(str(example.meta.get("kind")))
        if kind is None:
            continue
        labels = {entity.label for entity in example.entities}
        absent = [
            label for label, n in kind.entities.items() if n and label not in labels
        ]
        if kind.empty and labels:
            detail = f"should hold no entity, has {', '.join(sorted(labels))}"
            yield _finding(example, "not_empty", detail, action, "spec_entities")
        elif absent:
            detail = f"no {', '.join(absent)}, which the spec asks for"
            yield _finding(example, "label_absent", detail, action, "spec_entities")


@phantom_checks.register("relation_aliases")
def relation_aliases(
    corpus: Corpus, context: CheckContext, *, action: Action = "repair"
) -> Iterator[Finding]:
    """A relation listed for one mention of a concept and not for its others.

    action: "repair" lists it for the long form, its abbreviation and repeats.
    """
    rules = context.pack.relations
    for example in corpus:
        if not example.relations:
            continue
        known = [r for r in example.relations if r.label in rules]
        spread = spread_relations(example.text, example.entities, known, rules)
        extra = set(spread) - set(example.relations)
        if extra:
            wanted = dict.fromkeys([*example.relations, *spread])
            text = {i: entity.text for i, entity in enumerate(example.entities)}
            yield Finding(
                check="relation_aliases",
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


def _finding(
    example: Example,
    reason: str,
    detail: str,
    action: Action,
    check: str = "spec_relations",
) -> Finding:
    return Finding(
        check=check,
        ids=(example.id,),
        severity="error",
        reason=reason,
        detail=detail,
        value=1,
        action=action,
    )
