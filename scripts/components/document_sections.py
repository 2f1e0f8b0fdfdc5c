"""The factories `sections` and `sentences`: how a document is divided."""

import re
from collections.abc import Collection
from typing import Optional

import numpy as np
from spacy.attrs import IS_SPACE
from spacy.language import Language
from spacy.pipeline import Sentencizer
from spacy.tokens import Doc, Span
from spacy.util import registry

# The key of `Doc.spans`: a span's label is the section's, its id the heading.
SECTIONS = "sections"
_NUMBER = r"(?:(?:\d+(?:\.\d+)*|[IVX]+|[A-Z])[.)]?[ \t]+)?"
_CAPITALS = r"[^\W\d_a-z][^\n:a-z\d.]{2,50}[^\W\d_a-z]"
# Shorter lines are not wrapped: a list, or notes.
_WRAPPED = 60


class Sections:
    """Finds sections by their headings.

    A heading of the table stands on a line of its own in any case, or begins a line, or
    in capitals a sentence, with a colon behind it. A line in capitals alone that the
    table lacks begins a section of its own.

    headings (Dict[str, List[str]]): Forms of each section's heading.
    other (str): The label of sections that the table lacks; "" does not look for them.
    """

    def __init__(self, headings: dict[str, list[str]], other: str) -> None:
        self.labels = {
            " ".join(form.lower().split()): label
            for label, forms in headings.items()
            for form in forms
        }
        forms = sorted(self.labels, key=len, reverse=True)
        names = "|".join(re.escape(form).replace(r"\ ", r"[ \t]+") for form in forms)
        alone = rf"(?P<other>{_CAPITALS})" if other else "(?P<other>(?!))"
        known = rf"{_NUMBER}(?P<name>(?i:{names}))[ \t*\r]*(?::|(?=\n|$))"
        either = [known] if forms else []
        either.append(rf"{alone}[ \t]*:?[ \t*\r]*(?=\n|$)")
        self.line = re.compile(rf"[ \t#*]*(?:{'|'.join(either)})")
        loud = rf"[.!?][ \n](?P<name>(?=[^a-z]+:)(?i:{names})):"
        self.loud = re.compile(loud) if forms else None
        self.other = other

    def __call__(self, doc: Doc) -> Doc:
        """Write `Doc.spans["sections"]`."""
        found: list[tuple[int, str, str]] = []
        for start, end, heading in self._find(doc.text):
            label = self.labels.get(" ".join(heading.lower().split()), self.other)
            span = doc.char_span(start, end, alignment_mode="expand")
            if span is not None and (not found or span.start > found[-1][0]):
                found.append((span.start, label, " ".join(heading.split())))
        starts = [start for start, _, _ in found]
        doc.spans[SECTIONS] = [
            Span(doc, start, end, label=label, span_id=heading)
            for (start, label, heading), end in zip(
                found, [*starts[1:], len(doc)], strict=False
            )
        ]
        return doc

    def _find(self, text: str) -> list[tuple[int, int, str]]:
        """Headings with where they begin and where the colon behind them ends."""
        matches = []
        at = 0
        while True:
            if match := self.line.match(text, at):
                matches.append(match)
            at = text.find("\n", at) + 1
            if not at:
                break
        if self.loud and ":" in text:
            matches = sorted([*matches, *self.loud.finditer(text)], key=re.Match.start)
        found: list[tuple[int, int, str]] = []
        for match in matches:
            group = "name" if match.groupdict().get("name") else "other"
            # What begins a line may be behind the end of a sentence, too.
            if not found or match.start(group) >= found[-1][1]:
                found.append((match.start(group), match.end(), match[group]))
        return found


def ends_in(text: str, end: int, words: Collection[str]) -> bool:
    """Whether a text ends in one of some words before an offset, white space aside.

    A word may hold a blank, such as "Z. n.".
    """
    before = text[max(end - 40, 0) : end].rstrip(" \t\r\n,;:)]")
    parts = before.rsplit(None, 2)
    last = parts[-1].lstrip("([\"'„“") if parts else ""
    return last in words or " ".join(parts[-2:]) in words


@registry.misc("phantom.Sentences.v1")
class Sentences:
    """Finds sentences by their punctuation, none of which ends inside a mention.

    A blank line, and the end of a line that is too short to be wrapped, end one, too.
    unended (List[str]): Words with a full stop that ends no sentence, as written.
    """

    def __init__(self, punctuation: Optional[list[str]], unended: list[str]) -> None:
        self.sentencizer = Sentencizer(punct_chars=punctuation)
        self.unended = frozenset(unended)

    def __call__(self, doc: Doc) -> Doc:
        """Write where sentences start, unless another component has."""
        if not doc.has_annotation("SENT_START") and len(doc):
            self.sentencizer.set_annotations([doc], [self.find_starts(doc)])
        return doc

    def find_starts(self, doc: Doc) -> list[bool]:
        """Whether each token of a doc begins a sentence; the doc has tokens."""
        # spaCy gives them as 0 and 1, or as False and True.
        starts = list(map(bool, self.sentencizer.predict([doc])[0]))
        if self.unended:
            text = doc.text
            for i in range(1, len(doc)):
                if starts[i]:
                    starts[i] = not ends_in(text, doc[i].idx, self.unended)
        spaces = np.flatnonzero(doc.to_array([IS_SPACE])).tolist()
        spaces = spaces[:-1] if spaces[-1:] == [len(doc) - 1] else spaces
        line = 0
        for i in spaces:
            token, after = doc[i], doc[i + 1]
            lines = token.text.count("\n")
            if not lines:
                continue
            short = token.idx - line < _WRAPPED and not after.text[:1].islower()
            if not after.is_space and (short or lines > 1):
                starts[i + 1] = True
            line = token.idx + len(token)
        for ent in doc.ents:
            for i in range(ent.start + 1, ent.end):
                starts[i] = False
        for section in doc.spans.get(SECTIONS, ()):
            starts[section.start] = True
        starts[0] = True
        # White space begins no sentence; it belongs to the one before.
        for i in [i for i in spaces if i and starts[i]]:
            starts[i], starts[i + 1] = False, True
        return starts


def make_sections(
    nlp: Language, name: str, headings: dict[str, list[str]], other: str
) -> Sections:
    """Create the component; see `Sections`."""
    return Sections(headings, other)


def make_sentences(
    nlp: Language, name: str, punctuation: Optional[list[str]], unended: list[str]
) -> Sentences:
    """Create the component; see `Sentences`."""
    return Sentences(punctuation, unended)


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("sections"):
    Language.factory(
        "sections",
        default_config={"headings": {}, "other": "other"},
        func=make_sections,
    )
if not Language.has_factory("sentences"):
    Language.factory(
        "sentences",
        assigns=["token.is_sent_start"],
        default_config={"punctuation": None, "unended": []},
        func=make_sentences,
    )
registry.factories.entry_points = asks
