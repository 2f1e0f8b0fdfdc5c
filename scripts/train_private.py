"""Train on private records with differential privacy: heads on a finished encoder."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import BudgetPath, LedgerPath, PackPath
from console.private import show_gain, show_lost
from console.step import run_step
from phantom.jsonl import write_json
from phantom.packs.pack import load_pack, read_yaml
from phantom.privacy.accountant import plan_dp_sgd
from phantom.privacy.dp_sgd import Descent
from phantom.privacy.ledger import Budget, PrivacyLedger
from phantom.privacy.paths import parse_paths
from phantom.training.adapted import save_as
from phantom.training.private.before import read_before, refuse_other_ledgers
from phantom.training.private.build import build_pipeline
from phantom.training.private.docs import read_public, read_units
from phantom.training.private.told import note, tell
from phantom.training.private.train import HeadSettings, Layers, fit_and_score, prepare


def train_private(
    pack_path: PackPath,
    texts: Annotated[str, Argument(help="Private examples (.jsonl), commas between")],
    public: Annotated[Path, Argument(help="Synthetic examples (.jsonl), to scale by")],
    budget_path: BudgetPath,
    ledger_path: LedgerPath,
    output: Annotated[Path, Argument(help="Folder for the pipeline")],
    report: Annotated[Path, Argument(help="What it cost and scores (.json)")],
    config: Annotated[Path, Option(help="Encoder and heads")] = Path(
        "configs/private.cfg"
    ),
    encoder: Annotated[str, Option(help="Name or path; '' for the config's")] = "",
    on: Annotated[
        str, Option(help="A pipeline of synthetic text to build on; '' for none")
    ] = "",
    taught: Annotated[
        str, Option(help="Synthetic examples that heads learn first; '' for none")
    ] = "",
    layers: Annotated[Layers, Option(help="Which private text moves")] = Layers.all,
    epsilon: Annotated[float, Option(help="What it may cost each unit")] = 2.0,
    rate: Annotated[float, Option(help="Share of units in a batch", max=1)] = 0.25,
    steps: Annotated[int, Option(help="Batches", min=1)] = 60,
    most: Annotated[int, Option(help="Texts that a unit counts by", min=1)] = 8,
    learn_rate: Annotated[float, Option(help="Of Adam")] = 1e-2,
    clip: Annotated[float, Option(help="Norm of a unit's gradient, at most")] = 0.5,
    seed: Annotated[int, Option(help="Of the first weights, never of noise")] = 0,
) -> None:
    """Draw from the budget, then train; nothing of the text is in what is written."""
    pack = load_pack(pack_path)
    paths = parse_paths(texts)
    first = [Path(taught)] if taught else []
    missing = [x for x in [*paths, public, config, *first] if not x.is_file()]
    if missing or not paths:
        raise ValueError(f"{missing[0] if missing else texts!r}: no such file")
    budget = read_yaml(budget_path, Budget)
    moved = Descent(rate=learn_rate, clip=clip)
    settings = HeadSettings(texts=most, layers=layers, descent=moved)
    base = Path(on) if on else None
    # Two, since the vocabulary of what reads private text takes up its words.
    reader, nlp = (build_pipeline(config, pack, encoder, base) for _ in range(2))
    earlier = read_before(config, encoder, base)
    ledger = PrivacyLedger(ledger_path, budget)
    refuse_other_ledgers(base, ledger)
    scale = read_public(reader, pack, public)
    lessons = [doc for path in first for doc in read_public(reader, pack, path)]
    mechanism = plan_dp_sgd(epsilon, budget.delta, rate, steps)
    purpose = f"training of {pack.name}" + (f"; {earlier.words()}" if earlier else "")
    drawn = ledger.draw(purpose, mechanism, paths, [output, report])

    units, lost = read_units(reader, pack, paths, budget)
    prepared = prepare(reader, units, scale, settings, lessons)
    gold = read_public(nlp, pack, public)
    before, scores = fit_and_score(nlp, prepared, mechanism, settings, gold, seed)
    told = tell(drawn, settings, earlier)
    note(nlp, told, scores, earlier)
    save_as(nlp, output)
    found = {"public": str(public), "before": before.model_dump()}
    write_json(report, {**told, **found, "scores": scores.model_dump()})
    show_lost(lost, prepared.texts.cut, settings.words, budget.unit)
    show_gain(public.name, before, scores, earlier)
    msg.good(
        f"Epsilon {told['epsilon']:.3f} for it, {ledger.cost().epsilon:.3f} of "
        f"{budget.epsilon:g} for each {budget.unit} spent in all",
        f"{output}; {report}",
    )


if __name__ == "__main__":
    run_step(train_private)
