"""The factories `sections` and `sentences`: how a document is divided."""

import re
from collections.abc import Collection
from typing import Any, Optional

import numpy as np
from spacy.attrs import IS_SPACE, SENT_START
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
        known = rf"(?P<name>(?i:{names}))"
        loud = rf"(?P<loud>(?=[^a-z]+:)(?i:{names}))"
        alone = rf"(?P<other>{_CAPITALS})" if other else "(?P<other>(?!))"
        line = r"(?:^|(?<=\n))[ \t#*]*"
        patterns = [rf"{line}(?P<alone>{alone})[ \t]*:?[ \t*\r]*(?=\n|$)"]
        if forms:
            patterns = [
                rf"{line}{_NUMBER}{known}[ \t*\r]*(?::|(?=\n|$))",
                rf"(?<=[.!?][ \n]){loud}:",
                *patterns,
            ]
        self.pattern = re.compile("|".join(patterns))
        self.other = other

    def __call__(self, doc: Doc) -> Doc:
        """Write `Doc.spans["sections"]`."""
        text = doc.text
        found: list[tuple[int, str, str]] = []
        for match in self.pattern.finditer(text):
            groups = match.groupdict()
            heading = groups.get("name") or groups.get("loud") or groups["other"]
            key = " ".join(heading.lower().split())
            label = self.labels.get(key, self.other)
            start = match.start() + match.group().index(heading)
            span = doc.char_span(start, match.end(), alignment_mode="expand")
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


def ends_in(text: str, end: int, words: Collection[str]) -> bool:
    """Whether a text ends in one of some words before an offset, white space aside.

    A word may hold a blank, such as "Z. n.".
    """
    before = text[max(end - 40, 0) : end].rstrip(" \t\r\n,;:)]")
    parts = before.rsplit(None, 2)
    last = parts[-1].lstrip("([\"'„“") if parts else ""
    return last in words or " ".join(parts[-2:]) in words


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
        if doc.has_annotation("SENT_START") or not len(doc):
            return doc
        # spaCy gives both as lists of 0 and 1, or of True and False.
        starts = np.asarray(self.sentencizer.predict([doc])[0], dtype="bool")
        is_space = doc.to_array([IS_SPACE]).ravel().astype("bool")
        if self.unended:
            for i in np.flatnonzero(starts[1:]).tolist():
                starts[i + 1] = not ends_in(doc.text, doc[i + 1].idx, self.unended)
        line = 0
        for i in np.flatnonzero(is_space[:-1]).tolist():
            token = doc[i]
            text = token.text
            if "\n" not in text:
                continue
            short = token.idx - line < _WRAPPED and not doc[i + 1].text[:1].islower()
            starts[i + 1] |= not is_space[i + 1] and (short or text.count("\n") > 1)
            line = token.idx + len(text)
        for ent in doc.ents:
            starts[ent.start + 1 : ent.end] = False
        for section in doc.spans.get(SECTIONS, ()):
            starts[section.start] = True
        starts[0] = True
        # White space begins no sentence; it belongs to the one before.
        for i in np.flatnonzero(starts[:-1] & is_space[:-1]).tolist():
            if i:
                starts[i], starts[i + 1] = False, True
        values: Any = np.where(starts, 1, -1).astype("uint64")
        return doc.from_array([SENT_START], values)


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
