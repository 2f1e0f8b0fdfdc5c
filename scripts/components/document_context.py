"""The factory `context`: whether a mention is denied, doubted, another's, or past.

After H. Harkema, J. Dowling, T. Thornblade and W. Chapman, "ConText: an algorithm for
determining negation, experiencer, and temporal status from clinical reports", Journal
of Biomedical Informatics 42 (2009): a phrase speaks of the mentions before or behind it
in its sentence, up to a phrase that stops it.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Optional

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import registry

# A list of {"span": [start, end], ATTRIBUTE: VALUE, ...} in token offsets, of those
# mentions that anything is said of; None means that nobody looked.
if not Doc.has_extension("context"):
    Doc.set_extension("context", default=None)


def _read(span: Span) -> dict[str, str]:
    for entry in span.doc._.context or ():
        if list(entry["span"]) == [span.start, span.end]:
            return {key: value for key, value in entry.items() if key != "span"}
    return {}


if not Span.has_extension("context"):
    Span.set_extension("context", getter=_read)


class Context:
    """Attributes of mentions, by phrases beside them and by their section.

    rules (List[Dict]): Each an `attribute` and its `value`; `before` and `behind` list
        phrases that stand before a mention and behind it, `sections` labels of sections
        whose mentions all bear it, and `reach` bounds the tokens between.
    ignore (List[str]): Phrases that hold a phrase of the rules and do not mean it.
    stop (List[str]): Phrases past which none of the rules reaches.
    """

    def __init__(
        self,
        nlp: Language,
        rules: list[dict[str, Any]],
        ignore: list[str],
        stop: list[str],
    ) -> None:
        self.rules = rules
        self.matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        kinds: dict[str, list[str]] = {"ignore": ignore, "stop": stop}
        for number, rule in enumerate(rules):
            for side in ("before", "behind"):
                kinds[f"{side} {number}"] = rule.get(side) or []
        for kind, phrases in kinds.items():
            # Tokenizers part some words by case: German v.a. is one token, V.a. two.
            forms = {form for x in phrases for form in (x, x[:1].upper() + x[1:])}
            if forms:
                docs = [nlp.make_doc(form) for form in sorted(forms)]
                self.matcher.add(kind, docs)

    def __call__(self, doc: Doc) -> Doc:
        """Write `Doc._.context`; sentences must be there."""
        found: dict[tuple[int, int], dict[str, str]] = {}
        for ent, attribute, value in (*self._by_section(doc), *self._by_phrase(doc)):
            found.setdefault((ent.start, ent.end), {})[attribute] = value
        doc._.context = [
            {"span": list(place), **values} for place, values in sorted(found.items())
        ]
        return doc

    def _by_section(self, doc: Doc) -> Iterator[tuple[Span, str, str]]:
        for rule in self.rules:
            for section in doc.spans.get("sections", ()):
                if section.label_ in (rule.get("sections") or ()):
                    for ent in section.ents:
                        yield ent, rule["attribute"], rule["value"]

    def _by_phrase(self, doc: Doc) -> Iterator[tuple[Span, str, str]]:
        ents = doc.ents
        if not ents:
            return
        starts = [ent.start for ent in ents]
        inside = {i for ent in ents for i in range(ent.start, ent.end)}
        spans = [
            span
            for span in _longest(self.matcher(doc, as_spans=True))
            if not inside.issuperset(range(span.start, span.end))
        ]
        if all(span.label_ in ("ignore", "stop") for span in spans):
            return
        stops = [span.start for span in spans if span.label_ == "stop"]
        heads = {
            i: head.end for head in _headings(doc) for i in range(head.start, head.end)
        }
        for span in spans:
            side, _, number = span.label_.partition(" ")
            if number:
                rule = self.rules[int(number)]
                first, last = _scope(span, side, stops, rule.get("reach"))
                # "History of present illness: ..." says nothing of what comes then.
                last = min(last, heads.get(span.end - 1, last))
                for at in range(bisect_left(starts, first), bisect_left(starts, last)):
                    if ents[at].end <= last:
                        yield ents[at], rule["attribute"], rule["value"]


def _headings(doc: Doc) -> Iterator[Span]:
    """The words of the headings of sections."""
    for section in doc.spans.get("sections", ()):
        at = section.start_char
        found = doc.char_span(at, at + len(section.id_), alignment_mode="expand")
        if found is not None and section.id_:
            yield found


def _longest(spans: list[Span]) -> Iterator[Span]:
    """Phrases that are no part of another, such as "no" of "no increase", in order."""
    spans.sort(key=lambda span: (span.start, -span.end))
    holder = (0, 0)
    for span in spans:
        place = (span.start, span.end)
        if place == holder or span.end > holder[1]:
            holder = place
            yield span


def _scope(
    span: Span, side: str, stops: list[int], reach: Optional[int]
) -> tuple[int, int]:
    """The tokens of the sentence that a phrase speaks of."""
    first, last = span.sent.start, span.sent.end
    if side == "before":
        first = span.end
        at = bisect_left(stops, first)
        stop = stops[at : at + 1]
        last = min([last, *stop, *([first + reach] if reach else [])])
    else:
        last = span.start
        at = bisect_left(stops, last)
        stop = stops[max(at - 1, 0) : at]
        first = max([first, *stop, *([last - reach] if reach else [])])
    return first, last


def make_context(
    nlp: Language,
    name: str,
    rules: list[dict[str, Any]],
    ignore: list[str],
    stop: list[str],
) -> Context:
    """Create the component; see `Context`."""
    return Context(nlp, rules, ignore, stop)


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("context"):
    Language.factory(
        "context",
        assigns=["doc._.context", "span._.context"],
        requires=["doc.ents", "token.is_sent_start"],
        default_config={"rules": [], "ignore": [], "stop": []},
        func=make_context,
    )
registry.factories.entry_points = asks
