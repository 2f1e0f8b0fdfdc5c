"""The answers of a journal that count, each parsed once."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from phantom.completions.answers import SURPLUS, Answer, split_answers
from phantom.completions.journal import read_journal
from phantom.completions.ledger import Ledger
from phantom.records import Completion, hash_id


def stream_answers(path: Path, ledger: Ledger) -> Iterator[tuple[Completion, Answer]]:
    """As `final_answers`, for a ledger that has read nothing yet.

    Whether an answer counts is open only where its spec was asked for again. Those
    lines are read ahead and what was parsed in them is kept until their turn; all
    others are parsed as they come.

    ledger (Ledger): Of all prompts; it has read each line that was passed.
    YIELDS (Tuple[Completion, Answer]): In the order of the journal.
    """
    asked: Counter[int] = Counter()
    for _, completion in read_journal(path):
        asked.update(set(map(hash_id, completion.spec_ids)))
    contested = {key for key, times in asked.items() if times > 1}
    ahead = Ledger(check=ledger.check)
    kept: dict[int, list[Answer]] = {}
    if contested:
        for offset, completion in read_journal(path):
            if not contested.isdisjoint(map(hash_id, completion.spec_ids)):
                kept[offset] = list(split_answers(completion))
                ahead.add(completion, offset, kept[offset])
    for offset, completion in read_journal(path):
        answers = (
            kept.pop(offset) if offset in kept else list(split_answers(completion))
        )
        ledger.add(completion, offset, answers)
        for answer in answers:
            key = hash_id(answer.spec_id)
            entry = ahead.unanswered.get(key)
            last = ahead.done.get(key, entry.offset if entry else offset)
            if answer.reason in SURPLUS or key not in contested or last == offset:
                yield completion, answer
