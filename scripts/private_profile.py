"""Profile private text with noise: quotas and hints for a plan, no word of it."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import BudgetPath, LedgerPath, PackPath
from console.refill import print_refill
from console.step import run_step
from phantom.evaluation.profile import Reader, make_asks, make_hints, measure
from phantom.feedback.refill import keep_refill, write_refill
from phantom.jsonl import read_jsonl, write_json
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack, read_yaml
from phantom.planning.rounds import read_earlier
from phantom.privacy.ledger import Budget, PrivacyLedger
from phantom.privacy.mechanisms import Pure
from phantom.privacy.paths import parse_paths
from phantom.privacy.units import group_by_unit
from phantom.records import Example


def private_profile(
    pack_path: PackPath,
    corpus_path: Annotated[Path, Argument(help="Folder of the rounds' folders")],
    texts: Annotated[str, Argument(help="Private examples (.jsonl), commas between")],
    budget_path: BudgetPath,
    ledger_path: LedgerPath,
    round_: Annotated[int, Option("--round", help="The last round planned")] = 1,
    epsilon: Annotated[float, Option(help="What it may cost each unit")] = 1.0,
    attributes: Annotated[
        str, Option(help="Grids of the pack to count by; '': section, words if it has")
    ] = "",
    annotated: Annotated[bool, Option(help="Mentions are marked in it")] = True,
    names: Annotated[bool, Option(help="Count names of the lexicons")] = True,
    examples: Annotated[int, Option(help="Examples to ask for", min=1)] = 300,
) -> None:
    """Draw from the budget, then write profile.json and the next refill.yml."""
    pack = load_pack(pack_path)
    wanted = [name.strip() for name in attributes.split(",") if name.strip()]
    usual = [name for name in ("section", "words") if name in pack.attributes]
    reader = Reader(pack, wanted or usual, annotated)
    paths = parse_paths(texts)
    missing = [path for path in paths if not path.is_file()]
    if missing or not paths:
        raise ValueError(f"{missing[0] if missing else texts!r}: no such file")
    folder = corpus_path / f"round-{round_ + 1}"
    output, refill = folder / "profile.json", folder / "refill.yml"
    budget = read_yaml(budget_path, Budget)
    ledger = PrivacyLedger(ledger_path, budget)
    purpose = f"profile of {pack.name}"
    ledger.draw(purpose, Pure(epsilon=epsilon), paths, [output, refill])

    units = group_by_unit(
        (x for path in paths for x in read_jsonl(path, Example)), budget, paths[0]
    )
    profile = measure(reader, units, epsilon, budget.unit, names)
    write_json(output, profile)
    train = corpus_path / f"round-{round_}" / "train.jsonl"
    ours = [x.named() for x in read_jsonl(train, Example)] if train.is_file() else []
    earlier = read_earlier(corpus_path, round_)
    asks = make_asks(reader, profile, earlier, examples)
    language = load_language(pack.domain.lang, pack_path)
    hints = make_hints(reader, profile, language, ours)
    found = keep_refill(pack, round_ + 1, asks, hints, profile.units, False, Counter())
    write_refill(refill, found, f"a profile with noise (epsilon {epsilon:g})")
    for name, cells in profile.families.items():
        rows = [
            (
                x.value[:60],
                f"{x.share:.1%}",
                f"{x.low:.1%} to {x.high:.1%}",
                "*" * x.quota,
            )
            for x in cells[:12]
        ]
        msg.table(rows, header=(name, "share", "95%", "quota"), aligns=("l", *"rrr"))
    print_refill(found)
    spent = ledger.cost().epsilon
    msg.good(
        f"About {profile.units:,} of unit {budget.unit}; epsilon {spent:.3f} of "
        f"{budget.epsilon:g} spent in all",
        f"{output}; {refill}, which `plan` takes up with --refill",
    )


if __name__ == "__main__":
    run_step(private_profile)
