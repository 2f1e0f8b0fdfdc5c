"""What trained a pipeline: all of a corpus, or what was drawn from a stream."""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.language import Language
from spacy.training import Example

from phantom.corpora.origins import OriginCounts, count_passages


class Drawn:
    """Passages that trained, each counted once.

    corpus (Iterable[Example]): All of them where they are known; nothing is counted
        besides. Of a stream none are.
    """

    def __init__(self, corpus: Iterable[Example] = ()) -> None:
        self.corpus = [read_passage(example) for example in corpus]
        self.seen: dict[tuple[str | None, str], dict[str, Any] | None] = {}

    def add(self, batch: Iterable[Example]) -> None:
        """Note the examples of a step."""
        if self.corpus:
            return
        for example in batch:
            passage = read_passage(example)
            # Windows of one document may share its id.
            key = ((passage or {}).get("id"), example.reference.text)
            self.seen.setdefault(key, passage)

    def count(self) -> OriginCounts:
        """Count what trained so far."""
        return count_passages(self.corpus or self.seen.values())


def read_passage(example: Example) -> dict[str, Any] | None:
    """What a doc says of where it comes from, None if nothing."""
    said: dict[str, Any] | None = example.reference.user_data.get("example")
    return said


def read_all(
    corpus: Callable[[Language], Iterable[Example]], nlp: Language
) -> list[Example]:
    """All examples that an endless corpus draws from, if it can tell them."""
    read = getattr(corpus, "read", None)
    return list(read(nlp)) if callable(read) else []
