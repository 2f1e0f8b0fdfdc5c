"""From a journal of answers to votes, and from votes to one verdict per passage."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Literal

from phantom.completions.ledger import Ledger, final_answers
from phantom.packs.language_words import PromptWords
from phantom.packs.rubric import Rubric
from phantom.records import Record

Choice = Literal["first", "second", "same"]
UNREADABLE = "no verdict on every criterion"


class Judged(Record):
    """What the votes on one passage come to.

    votes (Tuple[Dict[str, bool], ...]): By criterion, whether it holds.
    reasons (Tuple[str, ...]): What the model said beside each vote.
    """

    id: str
    votes: tuple[dict[str, bool], ...]
    reasons: tuple[str, ...] = ()

    def denies(self, criterion: str) -> bool:
        """Whether more than half of the votes say that it does not hold."""
        return 2 * sum(not vote[criterion] for vote in self.votes) > len(self.votes)

    def agreement(self, criterion: str) -> float | None:
        """Share of pairs of votes that agree; None for fewer than two votes."""
        pairs = list(combinations([vote[criterion] for vote in self.votes], 2))
        return sum(a == b for a, b in pairs) / len(pairs) if pairs else None


def read_verdict(
    text: str, rubric: Rubric, words: PromptWords
) -> dict[str, bool] | None:
    """A vote such as "labels: yes; relations: no; ..."; None if a criterion lacks."""
    said = _one_of([*words.agrees, *words.denies])
    agrees = {word.casefold() for word in words.agrees}
    found = {}
    for name in rubric.criteria:
        match = re.search(rf"\b{re.escape(name)}\W{{1,4}}{said}", text, re.IGNORECASE)
        if match is None:
            return None
        found[name] = match[1].casefold() in agrees
    return found


def check_verdict(rubric: Rubric, words: PromptWords) -> Callable[[str], str | None]:
    """Why the text of an answer can't be used; for `Job.check`."""
    return lambda text: None if read_verdict(text, rubric, words) else UNREADABLE


def read_choice(text: str, words: PromptWords) -> Choice | None:
    """Which of a pair an answer begins with; None if with neither nor the same."""
    sides: dict[Choice, list[str]] = {
        "first": words.first,
        "second": words.second,
        "same": words.same,
    }
    for side, forms in sides.items():
        if re.match(rf"\W*{_one_of(forms)}", text, re.IGNORECASE):
            return side
    return None


def check_choice(words: PromptWords) -> Callable[[str], str | None]:
    """As `check_verdict`, for pairs."""
    lacking = "neither the first, the second nor the same"
    return lambda text: None if read_choice(text, words) else lacking


def _one_of(forms: Sequence[str]) -> str:
    return rf"({'|'.join(map(re.escape, forms))})\b"


def read_votes(
    journal: Path,
    ledger: Ledger,
    rubric: Rubric,
    words: PromptWords,
    asked: Container[str],
) -> dict[str, Judged]:
    """The votes on each passage, by its id.

    ledger (Ledger): Of the judge's prompter, kept current.
    asked (Container[str]): Ids of the asks that count; the journal may hold others.
    """
    votes: dict[str, dict[str, tuple[dict[str, bool], str]]] = defaultdict(dict)
    for _, answer in final_answers(journal, ledger):
        if answer.spec_id not in asked or answer.item is None:
            continue
        name, _, vote = answer.spec_id.rsplit("#", 2)
        verdict = read_verdict(answer.item["text"], rubric, words)
        if verdict:
            votes[name][vote] = verdict, answer.item["text"]
    return {
        name: Judged(
            id=name,
            votes=tuple(by[vote][0] for vote in sorted(by, key=int)),
            reasons=tuple(by[vote][1] for vote in sorted(by, key=int)),
        )
        for name, by in votes.items()
    }


def read_preferences(
    journal: Path, ledger: Ledger, words: PromptWords, asked: Container[str]
) -> dict[str, dict[str, str]]:
    """By pair and order, which was preferred: "one", "two" or "same"; see read_votes.

    "one" is the first passage of the pair, wherever it stood.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for _, answer in final_answers(journal, ledger):
        if answer.spec_id not in asked or answer.item is None:
            continue
        name, _, order = answer.spec_id.rsplit("#", 2)
        choice = read_choice(answer.item["text"], words)
        if choice is None:
            continue
        straight = (choice == "first") == (order == "straight")
        one = "one" if straight else "two"
        found[name][order] = choice if choice == "same" else one
    return dict(found)


def count_votes(judged: Iterable[Judged], criterion: str) -> list[dict[bool, int]]:
    """Votes for and against on each passage, as a kappa takes them."""
    rows = []
    for x in judged:
        yes = sum(vote[criterion] for vote in x.votes)
        rows.append({True: yes, False: len(x.votes) - yes})
    return rows
