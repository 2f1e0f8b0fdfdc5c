"""Where a judge sits: asks go through a back-end, verdicts come out."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from phantom.completions.journal import Journal
from phantom.completions.ledger import read_ledger
from phantom.curation.judge.asks import ask_pairs, ask_votes, make_judge
from phantom.curation.judge.votes import (
    Judged,
    check_choice,
    check_verdict,
    read_preferences,
    read_votes,
)
from phantom.llms.job import Backend, Job, Listener, Summary, ignore, make_ledger
from phantom.packs.pack import Pack
from phantom.packs.rubric import Rubric
from phantom.prompts.demonstrations import to_item
from phantom.records import Example, Rejected

Check = Callable[[str], str | None]


class Ruling(NamedTuple):
    """What becomes of judged passages.

    kept (List[Example]): Those not rejected, in their order.
    to_review (Dict[str, List[str]]): Of those, criteria that were denied, by id.
    without (int): Kept without a verdict.
    """

    kept: list[Example]
    rejected: list[Rejected]
    to_review: dict[str, list[str]]
    without: int


class Bench:
    """Asks a back-end for votes, with the journal, budget and guard of any run.

    journal (Journal): Open. budget (Optional[str]): Over the whole journal.
    """

    def __init__(
        self,
        pack: Pack,
        rubric: Rubric,
        backend: Backend,
        journal: Journal,
        *,
        tell: Listener = ignore,
        budget: str | None = None,
    ) -> None:
        self.pack, self.rubric, self.backend = pack, rubric, backend
        self.journal, self.tell, self.budget = journal, tell, budget or None
        self.reuse = False

    def vote(
        self, examples: Sequence[Example], votes: int, seed: int = 0
    ) -> tuple[dict[str, Judged], Summary]:
        """Have passages judged, as far as the journal lacks votes on them."""
        asks = list(ask_votes(examples, votes, seed))
        prompter = make_judge(self.pack, self.rubric)
        job = self._job(check_verdict(self.rubric, prompter.words))
        summary = self.backend.complete(job, asks, prompter)
        ledger = read_ledger(self.journal.path, make_ledger(prompter, job))
        asked = {ask.id for ask in asks}
        found = read_votes(
            self.journal.path, ledger, self.rubric, prompter.words, asked
        )
        return found, summary

    def prefer(
        self, pairs: Sequence[tuple[str, Example, Example]]
    ) -> tuple[dict[str, dict[str, str]], Summary]:
        """Have pairs compared in both orders. RETURNS: See read_preferences."""
        asks = list(ask_pairs(pairs))
        prompter = make_judge(self.pack, self.rubric, pairs=True)
        job = self._job(check_choice(prompter.words))
        summary = self.backend.complete(job, asks, prompter)
        ledger = read_ledger(self.journal.path, make_ledger(prompter, job))
        asked = {ask.id for ask in asks}
        return read_preferences(
            self.journal.path, ledger, prompter.words, asked
        ), summary

    def _job(self, check: Check) -> Job:
        return Job(
            self.pack,
            (),
            self.journal,
            self.tell,
            self.budget,
            reuse=self.reuse,
            check=check,
        )


def rule(
    examples: Iterable[Example],
    judged: Mapping[str, Judged],
    gates: Mapping[str, str],
) -> Ruling:
    """Reject what is denied on a criterion whose gate is open; the rest is kept.

    gates (Mapping[str, str]): By criterion, why it may not reject; see open_gates.
    """
    ruling = Ruling([], [], {}, 0)
    without = 0
    for example in examples:
        verdict = judged.get(example.id)
        without += verdict is None
        denied = [c for c in gates if verdict and verdict.denies(c)]
        fatal = [c for c in denied if not gates[c]]
        if verdict and fatal:
            ruling.rejected.append(
                Rejected(
                    spec_id=example.id,
                    reason=f"judge_{fatal[0]}",
                    detail=next(
                        reason
                        for vote, reason in zip(
                            verdict.votes, verdict.reasons, strict=True
                        )
                        if not vote[fatal[0]]
                    ),
                    raw=json.dumps(to_item(example), ensure_ascii=False),
                    model=example.model,
                )
            )
            continue
        ruling.kept.append(example)
        if denied:
            ruling.to_review[example.id] = denied
    return ruling._replace(without=without)
