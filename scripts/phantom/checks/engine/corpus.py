"""The corpus as checks see it: examples with their words, tokenised once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from phantom.passages.words import TOKEN, tokenize
from phantom.records import Example


class Corpus(Sequence[Example]):
    """Examples beside their tokens, in the same order.

    examples (Iterable[Example]): Kept in memory.
    tokens (Optional[List[List[str]]]): Words and single punctuation marks; equal
        ones share one string. Made from the texts if None.
    """

    def __init__(
        self, examples: Iterable[Example], tokens: list[list[str]] | None = None
    ) -> None:
        self.examples = list(examples)
        self.tokens = tokens if tokens is not None else tokenize(self.texts)

    @property
    def texts(self) -> list[str]:
        return [example.text for example in self.examples]

    def __len__(self) -> int:
        return len(self.examples)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | Sequence[Example]:
        return self.examples[index]

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    def revise(self, dropped: set[str], changed: dict[str, Example]) -> "Corpus":
        """The corpus without the dropped ids and with the changed examples."""
        if not dropped and not changed:
            return self
        examples, tokens = [], []
        for example, words in zip(self.examples, self.tokens, strict=True):
            if example.id in dropped:
                continue
            new = changed.get(example.id, example)
            if new.text != example.text:
                words = TOKEN.findall(new.text)
            examples.append(new)
            tokens.append(words)
        return Corpus(examples, tokens)
