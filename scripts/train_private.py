"""Train on private records with differential privacy: heads on a finished encoder."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import BudgetPath, LedgerPath, PackPath
from console.step import run_step
from phantom.jsonl import write_json
from phantom.packs.pack import load_pack, read_yaml
from phantom.privacy.accountant import noise_for
from phantom.privacy.dp_sgd import Descent
from phantom.privacy.ledger import Budget, PrivacyLedger
from phantom.privacy.mechanisms import DpSgd
from phantom.privacy.paths import parse_paths
from phantom.training.adapted import save_as
from phantom.training.private.build import build_pipeline
from phantom.training.private.docs import read_public, read_units
from phantom.training.private.train import HeadSettings, fit, prepare, score_on, tell


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
        str, Option(help="A pipeline of synthetic text, for its encoder; '' for none")
    ] = "",
    epsilon: Annotated[float, Option(help="What it may cost each unit")] = 2.0,
    rate: Annotated[float, Option(help="Share of units in a batch", max=1)] = 0.1,
    steps: Annotated[int, Option(help="Batches", min=1)] = 300,
    most: Annotated[int, Option(help="Texts that a unit counts by", min=1)] = 8,
    learn_rate: Annotated[float, Option(help="Of Adam")] = 2e-3,
    clip: Annotated[float, Option(help="Norm of a unit's gradient, at most")] = 0.5,
    seed: Annotated[int, Option(help="Of the first weights, never of noise")] = 0,
) -> None:
    """Draw from the budget, then train; nothing of the text is in what is written."""
    pack = load_pack(pack_path)
    paths = parse_paths(texts)
    missing = [path for path in [*paths, public, config] if not path.is_file()]
    if missing or not paths:
        raise ValueError(f"{missing[0] if missing else texts!r}: no such file")
    budget = read_yaml(budget_path, Budget)
    settings = HeadSettings(texts=most, descent=Descent(rate=learn_rate, clip=clip))
    # Two, since the vocabulary of what reads private text takes up its words.
    base = Path(on) if on else None
    reader, nlp = (build_pipeline(config, pack, encoder, base) for _ in range(2))
    scale = read_public(reader, pack, public)
    noise = noise_for(epsilon, budget.delta, rate, steps)
    mechanism = DpSgd(noise=noise, rate=rate, steps=steps)
    ledger = PrivacyLedger(ledger_path, budget)
    ledger.draw(f"training of {pack.name}", mechanism, paths, [output, report])

    units, lost = read_units(reader, pack, paths, budget)
    prepared = prepare(reader, units, scale, settings)
    fit(nlp, prepared, mechanism, settings, seed=seed)
    scores = score_on(nlp, read_public(nlp, pack, public))
    told = tell(mechanism, budget, settings)
    nlp.meta |= {"private_training": told, "performance": scores.model_dump()}
    save_as(nlp, output)
    write_json(report, {**told, "public": str(public), "scores": scores.model_dump()})
    if lost or prepared.texts.cut:
        msg.warn(
            f"{lost:,} mentions not on token bounds; {prepared.texts.cut:,} words "
            f"stand behind the first {settings.words:,} of a {budget.unit}"
        )
    rows = [(name, "-" if x is None else f"{100 * x:.1f}") for name, x in scores]
    msg.table(rows, header=(f"on {public.name}", "score"), aligns=("l", "r"))
    msg.good(
        f"Epsilon {told['epsilon']:.3f} for it, {ledger.cost().epsilon:.3f} of "
        f"{budget.epsilon:g} for each {budget.unit} spent in all",
        f"{output}; {report}",
    )


if __name__ == "__main__":
    run_step(train_private)
