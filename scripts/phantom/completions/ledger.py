"""What a journal says about each spec: completed, failed, to be asked again."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from phantom.completions.answers import REFUSALS, SURPLUS, Answer, split_answers
from phantom.completions.journal import read_journal
from phantom.records import Completion, Usage, hash_id

DONE, AGAIN, FAILED = "done", "again", "failed"
# Reasons of answers in which nothing was found that could be read as an item.
NO_ITEM = frozenset(
    {"empty", "unparsed", "missing", "truncated", "thinking", "no_text", "refused"}
)


@dataclass(slots=True)
class Unanswered:
    """A spec that was asked for and has no item yet.

    asked (int): Answers that came so far.
    failures (int): Those without a usable item for it.
    refusals (int): Those in which the model or a filter declined.
    size (int): Most specs that may share its next request.
    reason (str): Why the last answer held no item; see `phantom.completions.answers`.
    offset (int): Where the last answer stands in the journal, in bytes.
    """

    asked: int = 0
    failures: int = 0
    refusals: int = 0
    size: int = 1_000_000
    reason: str = ""
    offset: int = 0


class SpecOutcome(NamedTuple):
    """What one answer did to one spec.

    state (str): DONE, AGAIN or FAILED; raw (str): the whole answer, if FAILED.
    """

    spec_id: str
    state: str
    reason: str | None
    raw: str


@dataclass(slots=True)
class Ledger:
    """The state of every spec in a journal, at about 100 bytes per spec.

    prompt (Optional[str]): Digest of the prompt in use; None takes any.
    reuse (bool): Whether completions of another prompt count.
    reasks (int): How often an unusable answer is asked for again.
    rerefusals (int): How often a refused one is.
    done (Dict[int, int]): Hash of spec id to the offset of its completion.
    unanswered (Dict[int, Unanswered]): The specs asked for without success so far.
    check (Optional[Callable[[str], Optional[str]]]): Reads an item's text; what it
        returns is the reason why the item can't be used.
    reasons (Counter[str]): Of answers without an item, and of surplus items.
    items (int): Items asked for, each time counted.
    estimated_input, counted_input (int): Input tokens of the requests that have
        both figures.
    spent (Usage): Tokens of all requests in the journal.
    other_prompt (int): Items of completions that another prompt brought.
    """

    prompt: str | None = None
    reuse: bool = True
    reasks: int = 2
    rerefusals: int = 1
    done: dict[int, int] = field(default_factory=dict)
    unanswered: dict[int, Unanswered] = field(default_factory=dict)
    check: Callable[[str], str | None] | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    items: int = 0
    estimated_input: int = 0
    counted_input: int = 0
    spent: Usage = Usage()
    other_prompt: int = 0

    def add(
        self,
        completion: Completion,
        offset: int = 0,
        answers: Iterable[Answer] | None = None,
    ) -> list[SpecOutcome]:
        """Take in one line of the journal.

        answers (Optional[Iterable[Answer]]): What was read in it; None reads it.
        RETURNS (List[SpecOutcome]): One for each spec of the request; none if the
            completion is of another prompt and those don't count.
        """
        self._count(completion)
        other = self.is_other(completion)
        if other:
            self.other_prompt += len(completion.spec_ids)
            if not self.reuse:
                return []
        outcomes = []
        if answers is None:
            answers = split_answers(completion, pieces=False)
        for answer in answers:
            if answer.reason in SURPLUS:
                self.reasons[answer.reason] += 1
                continue
            reason = answer.reason
            if answer.item is not None and self.check is not None:
                reason = self.check(answer.item["text"])
            if reason is None:
                key = hash_id(answer.spec_id)
                self.done[key] = offset
                self.unanswered.pop(key, None)
                outcomes.append(SpecOutcome(answer.spec_id, DONE, None, ""))
            elif not other:
                outcomes.append(self._miss(answer, reason, completion, offset))
        return outcomes

    def takes(self, answer: Answer) -> bool:
        """Whether an answer holds an item that can be used."""
        if answer.item is None:
            return False
        return self.check is None or self.check(answer.item["text"]) is None

    def is_other(self, completion: Completion) -> bool:
        """Whether another prompt than the one in use brought it."""
        known = None not in (self.prompt, completion.prompt)
        return known and completion.prompt != self.prompt

    def _count(self, completion: Completion) -> None:
        self.requests += 1
        self.items += len(completion.spec_ids)
        usage = completion.usage
        if usage is None:
            if not completion.estimate:
                return
            usage = guess_usage(completion.estimate, completion)
        self.spent += usage
        if completion.estimate and completion.usage and usage.input_tokens:
            self.estimated_input += completion.estimate
            self.counted_input += usage.input_tokens

    def _miss(
        self, answer: Answer, reason: str, completion: Completion, offset: int
    ) -> SpecOutcome:
        self.reasons[reason] += 1
        key = hash_id(answer.spec_id)
        if key in self.done:
            return SpecOutcome(answer.spec_id, DONE, None, "")
        entry = self.unanswered.setdefault(key, Unanswered())
        entry.reason, entry.offset = reason, offset
        entry.asked += 1
        asked = len(completion.spec_ids)
        if completion.finish_reason in REFUSALS:
            # One spec may have caused it: the others are asked without it.
            entry.refusals += 1
            entry.size = 1
        elif completion.finish_reason == "length" and asked > 1:
            entry.size = max(1, asked // 2)
        else:
            entry.failures += 1
            if entry.failures > 1:
                entry.size = 1
        state = FAILED if self.is_failed(entry) else AGAIN
        raw = completion.completion if state == FAILED else ""
        return SpecOutcome(answer.spec_id, state, reason, raw)

    def is_failed(self, entry: Unanswered) -> bool:
        """Whether a spec was asked for as often as it may be."""
        return entry.failures > self.reasks or entry.refusals > self.rerefusals

    def forgive(self) -> None:
        """Let failed specs be asked for again, each on its own."""
        for entry in self.unanswered.values():
            if self.is_failed(entry):
                entry.failures = entry.refusals = 0
                entry.size = 1

    @property
    def failed(self) -> int:
        """Number of specs that failed."""
        return sum(map(self.is_failed, self.unanswered.values()))


def guess_usage(estimate: int, completion: Completion) -> Usage:
    """What a request used whose server does not say.

    estimate (int): Tokens of the prompt.
    """
    output = len(completion.completion) // 3
    return Usage(input_tokens=estimate, output_tokens=output)


def read_ledger(path: Path, ledger: Ledger | None = None) -> Ledger:
    """Read a journal into a ledger, streaming."""
    ledger = Ledger() if ledger is None else ledger
    for offset, completion in read_journal(path):
        ledger.add(completion, offset)
    return ledger


def final_answers(
    path: Path, ledger: Ledger | None = None
) -> Iterator[tuple[Completion, Answer]]:
    """The answer that counts for each spec of a journal, and all surplus items.

    The last answer with an item that can be used counts, else the last one without.
    Answers that a later one replaced are left out; they stay in the journal.
    ledger (Optional[Ledger]): Of this journal, read to its end; None reads it.
    YIELDS (Tuple[Completion, Answer]): In the order of the journal.
    """
    ledger = read_ledger(path) if ledger is None else ledger
    for offset, completion in read_journal(path):
        if ledger.is_other(completion) and not ledger.reuse:
            continue
        for answer in split_answers(completion):
            key = hash_id(answer.spec_id)
            entry = ledger.unanswered.get(key)
            counts = ledger.done.get(key, entry.offset if entry else offset) == offset
            if answer.reason in SURPLUS or counts:
                yield completion, answer
