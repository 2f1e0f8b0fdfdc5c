"""From a journal of answers to votes, and from votes to one verdict per passage."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from itertools import combinations
from pathlib import Path

from phantom.completions.ledger import Ledger, final_answers
from phantom.packs.rubric import Rubric
from phantom.records import Record

_WORDS = {"yes": True, "no": False}
UNREADABLE = "no verdict on every criterion"
_CHOICE = re.compile(r"\W*(first|second|same)\b", re.IGNORECASE)


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


def read_verdict(text: str, rubric: Rubric) -> dict[str, bool] | None:
    """A vote such as "labels: yes; relations: no; ..."; None if a criterion lacks."""
    found = {}
    for name in rubric.criteria:
        match = re.search(
            rf"\b{re.escape(name)}\W{{1,4}}(yes|no)\b", text, re.IGNORECASE
        )
        if match is None:
            return None
        found[name] = _WORDS[match[1].lower()]
    return found


def check_verdict(rubric: Rubric) -> Callable[[str], str | None]:
    """Why the text of an answer can't be used; for `Job.check`."""
    return lambda text: None if read_verdict(text, rubric) else UNREADABLE


def check_choice(text: str) -> str | None:
    """As `check_verdict`, for pairs."""
    return None if _CHOICE.match(text) else "neither first, second nor same"


def read_votes(
    journal: Path, ledger: Ledger, rubric: Rubric, asked: Container[str]
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
        verdict = read_verdict(answer.item["text"], rubric)
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
    journal: Path, ledger: Ledger, asked: Container[str]
) -> dict[str, dict[str, str]]:
    """By pair and order, which was preferred: "one", "two" or "same"; see read_votes.

    "one" is the first passage of the pair, wherever it stood.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for _, answer in final_answers(journal, ledger):
        if answer.spec_id not in asked or answer.item is None:
            continue
        name, _, order = answer.spec_id.rsplit("#", 2)
        match = _CHOICE.match(answer.item["text"])
        if match is None:
            continue
        chosen = match[1].lower()
        if chosen != "same":
            straight = (chosen == "first") == (order == "straight")
            chosen = "one" if straight else "two"
        found[name][order] = chosen
    return dict(found)


def count_votes(judged: Iterable[Judged], criterion: str) -> list[dict[bool, int]]:
    """Votes for and against on each passage, as a kappa takes them."""
    rows = []
    for x in judged:
        yes = sum(vote[criterion] for vote in x.votes)
        rows.append({True: yes, False: len(x.votes) - yes})
    return rows
