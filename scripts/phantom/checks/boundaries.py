"""Boundary habits: where a mention begins and ends."""

import re
from collections.abc import Callable, Iterator, Sequence

from phantom.checks.engine.base import Action, Finding
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.packs.domain import MentionRules
from phantom.passages.abbreviations import (
    ShortForms,
    keeps_stop,
    short_forms,
    split_definition,
)
from phantom.passages.rewrite import with_entities
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

EDGE = " \t.,;:!?\"'“”‘’"
PAIRS = {")": "(", "]": "["}


@phantom_registry.phantom_checks("boundaries")
def boundaries(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "repair",
    articles: list[str] | None = None,
) -> Iterator[Finding]:
    """Articles, punctuation, cut words or an abbreviation inside a mention's span.

    What else a label asks of its mentions stands in domain.yml: labels.<LABEL>.rules.

    action (Action): "repair" trims or splits the span and drops what is never a
        mention; a cut word is always for review.
    articles (Optional[List[str]]): Words that begin no mention, whatever its label;
        else the language's.
    """
    rules = _rules(context, articles or context.language.articles)
    forms = short_forms(context.language)
    empty = MentionRules()
    for example in corpus:
        spans: list[Entity] = []
        reasons: list[tuple[str, str]] = []
        for entity in example.entities:
            rule = rules.get(entity.label, empty)
            if _is_cut(example.text, entity, forms.endings):
                yield _finding(example, [("cut_word", entity.text)], "review", None)
            new, why = _fix(example.text, entity, rule, forms)
            spans.extend(new)
            reasons.extend((reason, entity.text) for reason in why)
        if reasons:
            repaired = with_entities(example, spans)
            yield _finding(example, reasons, action, repaired)


def _rules(context: CheckContext, articles: list[str]) -> dict[str, MentionRules]:
    """The rules of each label; what is said for all of them is added."""
    return {
        name: label.rules.model_copy(
            update={
                "leading": [*articles, *label.rules.leading],
                "never": [*label.rules.never, *(n.lower() for n in label.not_marked)],
            }
        )
        for name, label in context.pack.labels.items()
    }


def _is_cut(text: str, entity: Entity, endings: Sequence[str]) -> bool:
    before, after = text[entity.start - 1 : entity.start], text[entity.end :][:1]
    starts = before.isalnum() and entity.text[0].isalnum()
    ends = after.isalnum() and entity.text[-1].isalnum()
    return starts or (ends and not text.startswith(tuple(endings), entity.end))


def _fix(
    text: str, entity: Entity, rule: MentionRules, forms: ShortForms
) -> tuple[list[Entity], list[str]]:
    if _matches(entity.text, rule.keep):
        return [entity], []
    start, end, why = trim(text, entity.start, entity.end, rule)
    span = text[start:end]
    if not span or span.lower() in rule.never:
        return [], [*why, "never_a_mention"]
    if _matches(span, rule.forbid):
        return [], [*why, "forbidden_form"]
    pieces = [(start, end)]
    if both := split_definition(span, forms):
        pieces = [(start + a, start + b) for a, b in both]
        why.append("abbreviation_inside")
    if not why:
        return [entity], []
    return [
        entity.model_copy(update={"start": a, "end": b, "text": text[a:b]})
        for a, b in pieces
    ], why


def trim(
    text: str, start: int, end: int, rule: MentionRules
) -> tuple[int, int, list[str]]:
    """Cut off a span what no mention begins or ends with, until nothing is left to cut.

    RETURNS (Tuple[int, int, List[str]]): The new bounds, and for what it was cut.
    """
    why: list[str] = []
    while cut := _next_cut(text[start:end], rule):
        reason, front, back = cut
        start, end = start + front, end - back
        if not why or why[-1] != reason:
            why.append(reason)
    # The space beside a cut-off word is no fault of its own.
    if "leading_word" in why or "trailing_word" in why:
        why = [reason for reason in why if reason != "punctuation"]
    return start, end, why


def _next_cut(span: str, rule: MentionRules) -> tuple[str, int, int] | None:
    """The first rule that fits: its reason, characters off the front and the back."""
    for reason, count, at_front in TRIMMING:
        if span and (cut := count(span, rule)):
            return (reason, cut, 0) if at_front else (reason, 0, cut)
    return None


def _first_mark(span: str, rule: MentionRules) -> int:
    return int(span[0] in EDGE or _lone(span, first=True))


def _last_mark(span: str, rule: MentionRules) -> int:
    edge = span[-1] in EDGE and not keeps_stop(span)
    return int(edge or _lone(span, first=False))


def _first_word(span: str, rule: MentionRules) -> int:
    word = re.split(r"\s", span, maxsplit=1)[0]
    return len(word) if word.lower() in rule.leading and len(word) < len(span) else 0


def _last_word(span: str, rule: MentionRules) -> int:
    word = span.rsplit(None, 1)[-1] if span.split() else ""
    at = word.rfind("-", 1)
    if at > 0 and word[at:].lower() in rule.trailing:
        return len(word) - at
    return len(word) if word.lower() in rule.trailing and len(word) < len(span) else 0


# What is cut off, in the order in which it is tried: reason, characters to cut (0 for
# none), and whether they are cut off the front.
TRIMMING: tuple[tuple[str, Callable[[str, MentionRules], int], bool], ...] = (
    ("punctuation", _first_mark, True),
    ("punctuation", _last_mark, False),
    ("leading_word", _first_word, True),
    ("trailing_word", _last_word, False),
)


def _matches(span: str, patterns: list[str]) -> bool:
    return any(re.fullmatch(pattern, span) for pattern in patterns)


def _lone(span: str, first: bool) -> bool:
    """Whether the span begins or ends in a bracket that has no partner inside."""
    if not span:
        return False
    if first:
        close = {v: k for k, v in PAIRS.items()}.get(span[0])
        return span[0] in PAIRS or (close is not None and close not in span)
    opens = PAIRS.get(span[-1])
    return span[-1] in PAIRS.values() or (opens is not None and opens not in span)


def _finding(
    example: Example,
    reasons: list[tuple[str, str]],
    action: Action,
    replacement: Example | None,
) -> Finding:
    what = "; ".join(
        f"{reason.replace('_', ' ')}: {text!r}" for reason, text in reasons
    )
    return Finding(
        ids=(example.id,),
        severity="error",
        reason=reasons[0][0],
        detail=what,
        value=len(reasons),
        action=action,
        replacement=replacement,
    )
