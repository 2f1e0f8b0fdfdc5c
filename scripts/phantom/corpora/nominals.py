"""Words such as "the company" in documents: ends of the relations of whom they mean."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from phantom.passages.rewrite import follow
from phantom.passages.sentences import split_sentences
from phantom.records import Entity, Example


def mark_nominals(
    example: Example, words: Mapping[str, Sequence[str]], lang: str
) -> Example:
    """Mark words for what a document is about, in sentences that do not name it.

    An article on a company calls it "it" or "the company", of which the title tells
    the name. One such word of a sentence bears the relations of that name, as each of
    its mentions does. A title that names several is left alone.

    words (Mapping[str, Sequence[str]]): By entity label, such as
        `{"ORG": ["the company", "it", "its"]}`, those that are surer first.
    lang (str): Of the text.
    RETURNS (Example): With `nominal` entities among the others.
    """
    found = list(_find(example, words, lang))
    if not found:
        return example
    entities = sorted(
        [*example.entities, *(entity for entity, _ in found)], key=lambda e: e.start
    )
    place = {entity.start: i for i, entity in enumerate(entities)}
    places = {i: [place[entity.start]] for i, entity in enumerate(example.entities)}
    relations = list(follow(example.relations, places))
    for entity, subject in found:
        here = dict.fromkeys(subject, [place[entity.start]])
        apart = [
            relation
            for relation in example.relations
            if (relation.head in subject) != (relation.tail in subject)
        ]
        relations += follow(apart, places | here)
    update = {"entities": tuple(entities), "relations": tuple(dict.fromkeys(relations))}
    return example.model_copy(update=update)


def _find(
    example: Example, words: Mapping[str, Sequence[str]], lang: str
) -> Iterator[tuple[Entity, set[int]]]:
    """Each word with the numbers of the mentions of what it means."""
    sentences = list(split_sentences(example.text, lang, example.entities))
    title = example.text.find("\n")
    for label, asked in words.items():
        subject = _subject(example, label, title)
        if not subject:
            continue
        patterns = [
            re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
            for word in asked
        ]
        for start, end in sentences:
            inside = [
                i for i, e in enumerate(example.entities) if start <= e.start < end
            ]
            if end <= title or not subject.isdisjoint(inside):
                continue
            taken = [example.entities[i] for i in inside]
            matches = (
                match
                for pattern in patterns
                for match in pattern.finditer(example.text, start, end)
                if all(e.end <= match.start() or match.end() <= e.start for e in taken)
            )
            for match in islice(matches, 1):
                yield _entity(match, label), subject


def _entity(match: re.Match[str], label: str) -> Entity:
    start, end = match.span()
    return Entity(start=start, end=end, label=label, text=match.group(), nominal=True)


def _subject(example: Example, label: str, title: int) -> set[int]:
    """The mentions of the one name of this label in the title; none if it has more.

    Where the title is that name and no more, the first mention behind it is the same.
    """
    own = [(i, e.text) for i, e in enumerate(example.entities) if e.label == label]
    head = [name for i, name in own if example.entities[i].end <= title]
    if len({name.casefold() for name in head}) != 1:
        return set()
    names = head[:1]
    # An article's heading is the name; its text may begin with a longer one.
    if example.text[:title].strip() == head[0] and len(own) > len(head):
        names.append(own[len(head)][1])
    return {i for i, text in own if any(_is_form(text, name) for name in names)}


def _is_form(text: str, name: str) -> bool:
    """Whether a mention is the name, or as many of its first words as it has."""
    words, whole = _words(text), _words(name)
    return words == whole[: len(words)] or whole == words[: len(whole)]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
