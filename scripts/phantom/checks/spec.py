"""What the spec asked for against what the passage holds."""

from collections.abc import Iterator

from phantom.checks.base import Action, Finding, phantom_checks
from phantom.checks.context import CheckContext
from phantom.checks.corpus import Corpus
from phantom.records import Entity, Example, Relation


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
    """A relation listed for a long form, but not for its bracketed abbreviation.

    action: "repair" lists it for both, since they are one concept.
    """
    for example in corpus:
        if not example.relations:
            continue
        alias = dict(_aliases(example))
        both = {**alias, **{b: a for a, b in alias.items()}}
        listed = {(r.head, r.tail, r.label) for r in example.relations}
        wanted = set(listed)
        for head, tail, label in listed:
            for a in {head, both.get(head, head)}:
                for b in {tail, both.get(tail, tail)}:
                    wanted.add((a, b, label))
        extra = wanted - listed
        if extra:
            relations = sorted(wanted)
            new = tuple(Relation(head=h, tail=t, label=x) for h, t, x in relations)
            yield Finding(
                check="relation_aliases",
                ids=(example.id,),
                severity="warning",
                reason="alias_without_relation",
                detail="; ".join(
                    f"{label}: {example.entities[h].text} -> {example.entities[t].text}"
                    for h, t, label in sorted(extra)
                ),
                value=len(extra),
                action=action,
                replacement=example.model_copy(update={"relations": new}),
            )


def _aliases(example: Example) -> Iterator[tuple[int, int]]:
    """Pairs (long form, abbreviation) as in "long form (LF)"."""
    entities = example.entities
    for i, (long, short) in enumerate(zip(entities, entities[1:], strict=False)):
        between = example.text[long.end : short.start]
        closed = example.text[short.end : short.end + 1] in (")", ",", ";")
        same = long.label == short.label and between.strip() == "("
        if same and closed and _is_short(long, short):
            yield i, i + 1


def _is_short(long: Entity, short: Entity) -> bool:
    return len(short.text) < len(long.text) and any(c.isupper() for c in short.text)


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
