"""Curate completions: tags become offsets; what can't be used is kept with a reason."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import print_counts, run_step
from phantom.completions.answers import SURPLUS
from phantom.completions.journal import read_journal
from phantom.completions.ledger import Ledger
from phantom.completions.stream import stream_answers
from phantom.curation.curator import Curator
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import load_pack
from phantom.passages.markup import check_passage
from phantom.records import Example, Rejected, Spec, hash_id
from phantom.runtime import token_pipeline


def curate(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    specs_path: Annotated[Path, Argument(help="The plan (.jsonl)")],
    completions_path: Annotated[Path, Argument(help="The journal (.jsonl)")],
    accepted_path: Annotated[Path, Argument(help="Where examples go (.jsonl)")],
    rejected_path: Annotated[Path, Argument(help="Where the rest goes (.jsonl)")],
) -> None:
    """Turn raw answers into examples, or reject each with a reason."""
    pack = load_pack(pack_path)
    specs: dict[str, Spec] = {}
    for spec in read_jsonl(specs_path, Spec):
        # As `generate`, which asks for the first of those that share an id.
        specs.setdefault(spec.id, spec)
    if not specs:
        raise ValueError(f"{specs_path}: empty; run plan first")
    curator = Curator(pack, specs, token_pipeline(pack.domain.lang))
    reasons: Counter[str] = Counter()
    rejected: list[Rejected] = []

    if next(read_journal(completions_path), None) is None:
        raise ValueError(f"{completions_path}: no completions; run generate first")
    labels = list(pack.labels)
    ledger = Ledger(check=lambda text: check_passage(text, labels))
    judged = (
        curator.judge(answer, completion)
        for completion, answer in stream_answers(completions_path, ledger)
    )
    accepted = write_jsonl(accepted_path, _accepted(judged, rejected, reasons))
    write_jsonl(rejected_path, rejected)

    print_counts(
        "outcome", {"accepted": accepted, **reasons}, reasons.total() + accepted
    )
    if not accepted:
        raise ValueError(
            f"{completions_path}: no answer was accepted; see {rejected_path} for why"
        )
    surplus = sum(ledger.reasons[reason] for reason in SURPLUS)
    replaced = ledger.items + surplus - accepted - len(rejected)
    if replaced:
        msg.info(
            f"{replaced:,} answers were replaced by later ones to the same specs; "
            f"they stay in {completions_path}"
        )
    keys = map(hash_id, specs)
    open_ = sum(key not in ledger.done and key not in ledger.unanswered for key in keys)
    if open_:
        msg.warn(f"{open_:,} specs of the plan have no answer yet")
    spent = ledger.spent
    if spent.output_tokens:
        msg.text(
            f"{spent.input_tokens / accepted:,.0f} tokens in and "
            f"{spent.output_tokens / accepted:,.0f} out per accepted example"
        )
    msg.good(
        f"{accepted:,} examples in {accepted_path}",
        f"{len(rejected):,} answers in {rejected_path}, each with its reason",
    )


def _accepted(
    judged: Iterable[Example | Rejected],
    rejected: list[Rejected],
    reasons: Counter[str],
) -> Iterator[Example]:
    for outcome in judged:
        if isinstance(outcome, Example):
            yield outcome
        else:
            rejected.append(outcome)
            reasons[outcome.reason] += 1


if __name__ == "__main__":
    run_step(curate, torch=False)
