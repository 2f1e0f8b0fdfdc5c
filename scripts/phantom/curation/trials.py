"""Passages sampled from variants of a prompt, on the same specs, in one journal."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from phantom.completions.journal import Journal, read_journal
from phantom.completions.ledger import final_answers, read_ledger
from phantom.curation.curator import Curator
from phantom.llms.job import Backend, Job, Listener, Summary, make_ledger, make_prompter
from phantom.packs.language import load_language
from phantom.packs.pack import Pack
from phantom.prompts.variants import (
    ORIGINAL,
    Proposal,
    Variant,
    check_guidelines,
    make_proposer,
    propose,
    with_variant,
)
from phantom.prompts.wordings import REQUEST, SYSTEM
from phantom.records import Example, Spec, Usage
from phantom.runtime import blank_pipeline


class Trial(NamedTuple):
    """What a variant came to so far.

    asked (int): Specs. passages (List[Example]): Accepted. reasons (Counter[str]): Why
    others were not. usage (Usage): Tokens of its requests.
    """

    asked: int
    passages: list[Example]
    reasons: Counter[str]
    usage: Usage


class Trials:
    """Asks a back-end for variants and for passages of each.

    One journal holds all, so that one budget does: each spec bears the variant's name.
    """

    def __init__(
        self,
        pack: Pack,
        backend: Backend,
        journal: Journal,
        tell: Listener,
        budget: str | None,
    ) -> None:
        self.pack, self.backend, self.journal = pack, backend, journal
        self.tell, self.budget = tell, budget
        self.nlp = blank_pipeline(pack.domain.lang)

    def variants(
        self, count: int, requests: int = 0, systems: int = 0
    ) -> tuple[list[Variant], Summary]:
        """The prompt as it is, and variants that the LLM proposes.

        count, requests, systems (int): How many of the guidelines, of the words in
            which passages are asked for, and of those around the guidelines.
        """
        own = self.pack.guidelines
        found = [Variant(name=ORIGINAL, guidelines=own)]
        check = check_guidelines(self.pack)
        words = load_language(self.pack.domain.lang, self.pack.path).prompt
        asks = propose(count, words.guideline_aims)
        texts, summary = self._propose("propose", asks, check)
        found += [
            Variant(name=ask.id, guidelines=text, aim=ask.aim) for ask, text in texts
        ]
        request, message = words.request_aims, words.message_aims
        for task, kind, wording, aims, number in (
            ("propose_request", "request", REQUEST, request, requests),
            ("propose_message", "system", SYSTEM, message, systems),
        ):
            if number and not summary.stopped:
                asks = propose(number, aims, kind)
                texts, summary = self._propose(task, asks, wording.check)
                found += [
                    Variant.model_validate(
                        {"name": x.id, "guidelines": own, kind: text, "aim": x.aim}
                    )
                    for x, text in texts
                ]
        return found, summary

    def _propose(
        self,
        task: str,
        asks: Sequence[Proposal],
        check: Callable[[str], str | None],
    ) -> tuple[list[tuple[Proposal, str]], Summary]:
        """Texts that pass the check, each with what was asked for."""
        prompter = make_proposer(self.pack, task)
        job = self._job(self.pack)
        job.check = check
        job.size = 1
        summary = self.backend.complete(job, asks, prompter)
        ledger = read_ledger(self.journal.path, make_ledger(prompter, job))
        found = {
            answer.spec_id: answer.item["text"]
            for _, answer in final_answers(self.journal.path, ledger)
            if answer.item is not None
        }
        return [(ask, found[ask.id]) for ask in asks if ask.id in found], summary

    def sample(self, variant: Variant, specs: Sequence[Spec]) -> tuple[Trial, Summary]:
        """Have the passages of a variant written, as far as the journal lacks them."""
        pack = with_variant(self.pack, variant)
        own = [_own(spec, variant.name) for spec in specs]
        job = self._job(pack)
        job.specs = own
        summary = self.backend.generate(job)
        ledger = read_ledger(self.journal.path, make_ledger(make_prompter(job), job))
        plan = {spec.id: spec for spec in own}
        curator = Curator(pack, plan, self.nlp)
        passages: list[Example] = []
        reasons: Counter[str] = Counter()
        for completion, answer in final_answers(self.journal.path, ledger):
            if answer.spec_id not in plan:
                continue
            judged = curator.judge(answer, completion)
            if isinstance(judged, Example):
                passages.append(_plain(judged, variant.name))
            else:
                reasons[judged.reason] += 1
        usage = Usage()
        for _, completion in read_journal(self.journal.path):
            mine = sum(name in plan for name in completion.spec_ids)
            if mine and completion.usage:
                usage += completion.usage
        return Trial(len(own), passages, reasons, usage), summary

    def _job(self, pack: Pack) -> Job:
        return Job(
            pack,
            (),
            self.journal,
            self.tell,
            self.budget,
            reuse=False,
            demonstrations=None,
        )


def _own(spec: Spec, variant: str) -> Spec:
    return spec.model_copy(update={"id": f"{spec.id}@{variant}"})


def _plain(example: Example, variant: str) -> Example:
    """With the id that the passages of other variants have for the same spec."""
    name = example.id.removesuffix(f"@{variant}")
    return example.model_copy(update={"id": name})
