"""Tokens and money before they are spent, with a margin learned from the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from phantom.completions.ledger import Ledger, guess_usage
from phantom.features import find_encoder
from phantom.llms.budget import Price
from phantom.prompts.prompter import Prompt, Prompter
from phantom.records import Completion, Usage

# Without a journal to learn from: text, tags and JSON around a passage.
OUTPUT_PER_ITEM = 90
OUTPUT_PER_WORD = 2.2


@dataclass(frozen=True)
class Forecast:
    """What a run will take.

    low, high (Usage): Between these, by what the journal teaches; wide without one.
    learned (bool): Whether the journal taught anything.
    answered (int): Of `specs`, those that this back-end can answer at all.
    remedy (str): What a person can do about the others.
    """

    specs: int
    requests: int
    low: Usage
    high: Usage
    price: Price
    learned: bool
    answered: int
    remedy: str = ""

    @property
    def lacking(self) -> int:
        """Specs that this back-end can't answer."""
        return self.specs - self.answered


class Estimator:
    """Estimates tokens; gets better with each answer.

    ledger (Ledger): What was used so far, kept current by whoever owns it.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._density: float | None = None

    def input(self, prompt: Prompt) -> int:
        """Tokens of a prompt by the tokenizer, before any margin."""
        if self._density is None:
            text = "\n".join(part.text for part in prompt.parts)
            self._density = count_tokens(text) / max(1, len(text))
        return int(prompt.characters * self._density) + 8

    @property
    def margin(self) -> float:
        """Tokens that servers counted, per token estimated."""
        ledger = self.ledger
        if ledger.estimated_input:
            return ledger.counted_input / ledger.estimated_input
        return 1.0

    def output(self, asks: Iterable[Any]) -> float:
        """Tokens of an answer, most likely."""
        ledger = self.ledger
        if ledger.items and ledger.spent.output_tokens:
            return ledger.spent.output_tokens / ledger.items * sum(1 for _ in asks)
        total = 0.0
        for ask in asks:
            words = getattr(ask, "attributes", {}).get("words")
            if isinstance(words, int):
                total += words * OUTPUT_PER_WORD + 30
            else:
                total += OUTPUT_PER_ITEM
        return total

    def most(self, prompt: Prompt, asks: list[Any], max_tokens: int | None) -> Usage:
        """The most that a request can use, as far as one can know."""
        output = max_tokens or int(self.output(asks) * 2)
        margin = max(1.0, self.margin) * 1.05
        return Usage(
            input_tokens=int(self.input(prompt) * margin), output_tokens=output
        )

    def guess(self, prompt: Prompt, completion: Completion) -> Usage:
        """What a request used whose server does not say."""
        return guess_usage(self.input(prompt), completion)


def forecast(
    specs: Iterable[Any], prompter: Prompter, ledger: Ledger, size: int, price: Price
) -> Forecast:
    """Forecast a run over specs, streaming; prompts are measured on the first 500."""
    estimator = Estimator(ledger)
    stream = iter(specs)
    head = list(islice(stream, 500))
    total = len(head) + sum(1 for _ in stream)
    if not head:
        none = Usage()
        return Forecast(0, 0, none, none, price, False, 0)
    prompts = [
        prompter.render(head[i : i + size]) for i in range(0, max(1, len(head)), size)
    ]
    requests = -(-total // size)
    learned = bool(ledger.estimated_input)
    # Items asked for again: as many as before, or up to a tenth more.
    again = max(1.0, ledger.items / max(1, len(ledger.done))) if learned else 1.0
    per_request = sum(map(estimator.input, prompts)) / len(prompts) * estimator.margin
    output = estimator.output(head) / len(head) * total
    spread = (0.95, 1.10) if learned else (0.8, 1.4)
    low, high = (
        Usage(
            input_tokens=int(per_request * requests * again * factor),
            output_tokens=int(output * again * factor),
        )
        for factor in spread
    )
    return Forecast(total, requests, low, high, price, learned, total)


def count_tokens(text: str) -> int:
    """Count tokens with the tokenizer of the embedded encoder, if it is there.

    No provider's own tokenizer is at hand offline; the margin makes up for it.
    """
    tokenizer = _load_tokenizer()
    if tokenizer is None:
        return len(text) // 4
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


@cache
def _load_tokenizer() -> Any:
    try:
        path = find_encoder() / "tokenizer.json"
    except ValueError:
        return None
    if not path.is_file():
        return None
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
