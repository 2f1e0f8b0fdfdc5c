"""What a journal says about each spec: completed, failed, to be asked again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from phantom.answers import REFUSALS, SURPLUS, Answer, items
from phantom.journal import read_journal
from phantom.records import Completion

DONE, AGAIN, FAILED = "done", "again", "failed"


@dataclass(slots=True)
class Standing:
    """A spec that was asked for and has no item yet.

    failures (int): Answers without a usable item for it.
    refusals (int): Answers in which the model or a filter declined.
    size (int): Most specs that may share its next request.
    reason (str): Why the last answer held no item; see `phantom.answers`.
    offset (int): Where the last answer stands in the journal, in bytes.
    """

    failures: int = 0
    refusals: int = 0
    size: int = 1_000_000
    reason: str = ""
    offset: int = 0


class Verdict(NamedTuple):
    """What one answer did to one spec. state (str): DONE, AGAIN or FAILED."""

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
    standing (Dict[int, Standing]): The specs asked for without success so far.
    """

    prompt: str | None = None
    reuse: bool = True
    reasks: int = 2
    rerefusals: int = 1
    done: dict[int, int] = field(default_factory=dict)
    standing: dict[int, Standing] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    other_prompt: int = 0

    def add(self, completion: Completion, offset: int = 0) -> list[Verdict]:
        """Take in one line of the journal.

        RETURNS (List[Verdict]): One for each spec of the request; none if the
            completion is of another prompt and those don't count.
        """
        self.requests += 1
        if completion.usage:
            self.input_tokens += completion.usage.input_tokens
            self.cached_tokens += completion.usage.cached_tokens
            self.output_tokens += completion.usage.output_tokens
        other = None not in (self.prompt, completion.prompt) and (
            completion.prompt != self.prompt
        )
        if other:
            self.other_prompt += len(completion.spec_ids)
            if not self.reuse:
                return []
        verdicts = []
        for answer in items(completion):
            if answer.reason in SURPLUS:
                self.reasons[answer.reason] += 1
            elif answer.item is not None:
                key = hash_id(answer.spec_id)
                self.done[key] = offset
                self.standing.pop(key, None)
                verdicts.append(Verdict(answer.spec_id, DONE, None, ""))
            elif not other:
                verdicts.append(self._miss(answer, completion, offset))
        return verdicts

    def _miss(self, answer: Answer, completion: Completion, offset: int) -> Verdict:
        reason = answer.reason or ""
        self.reasons[reason] += 1
        key = hash_id(answer.spec_id)
        if key in self.done:
            return Verdict(answer.spec_id, DONE, None, "")
        entry = self.standing.setdefault(key, Standing())
        entry.reason, entry.offset = reason, offset
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
        return Verdict(answer.spec_id, state, reason, answer.raw)

    def is_failed(self, entry: Standing) -> bool:
        """Whether a spec was asked for as often as it may be."""
        return entry.failures > self.reasks or entry.refusals > self.rerefusals

    @property
    def failed(self) -> int:
        """Number of specs that failed."""
        return sum(map(self.is_failed, self.standing.values()))


def hash_id(spec_id: str) -> int:
    """64-bit hash of a spec id, the same on every machine and run."""
    return int.from_bytes(
        blake2b(spec_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(),
        "little",
    )


def read_ledger(path: Path, ledger: Ledger | None = None) -> Ledger:
    """Read a journal into a ledger, streaming."""
    ledger = Ledger() if ledger is None else ledger
    for offset, completion in read_journal(path):
        ledger.add(completion, offset)
    return ledger


def final_answers(
    path: Path, prompt: str | None = None, reuse: bool = True
) -> Iterator[tuple[Completion, Answer]]:
    """The answer that counts for each spec of a journal, and all surplus items.

    The last answer with an item counts, else the last one without. Answers that a
    later one replaced are left out; they stay in the journal.
    YIELDS (Tuple[Completion, Answer]): In the order of the journal.
    """
    ledger = read_ledger(path, Ledger(prompt, reuse))
    for offset, completion in read_journal(path):
        if prompt and completion.prompt not in (None, prompt) and not reuse:
            continue
        for answer in items(completion):
            key = hash_id(answer.spec_id)
            entry = ledger.standing.get(key)
            counts = ledger.done.get(key, entry.offset if entry else offset) == offset
            if answer.reason in SURPLUS or counts:
                yield completion, answer
