"""Coordinate a federated training: sites keep their text, weights are averaged."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import BudgetPath, LedgerPath, split_names
from console.step import run_step
from phantom.corpora.origins import OriginCounts
from phantom.jsonl import write_json
from phantom.packs.pack import read_yaml
from phantom.privacy.ledger import Budget, PrivacyLedger
from phantom.reports.federation import plot_rounds, sum_up
from phantom.training.adapted import save_as
from phantom.training.federated.coordinator import Coordinator
from phantom.training.federated.kits import make_kits
from phantom.training.federated.link import listen
from phantom.training.federated.messages import Settings
from phantom.training.federated.open_round import Patience
from phantom.training.federated.paid import pay
from phantom.training.federated.scored import open_rounds, score_rounds
from phantom.training.federated.secure.rules import check_least
from phantom.training.federated.store import Store
from phantom.training.pretrained import read_note, tell_origins


def federate(
    config: Annotated[Path, Argument(help="Training config (.cfg), as at the sites")],
    corpus: Annotated[Path, Argument(help="Synthetic corpora, whose dev is scored on")],
    folder: Annotated[Path, Argument(help="Folder of the federation; it goes on")],
    output: Annotated[Path, Argument(help="Folder for the pipeline")],
    budget_path: BudgetPath,
    ledger_path: LedgerPath,
    metrics: Annotated[Path, Option(help="Folder for federation.json and .png")],
    sites: Annotated[str, Option(help="Their names, with commas between")],
    encoder: Annotated[str, Option(help="Name or path; '' for the config's")] = "",
    rounds: Annotated[int, Option(help="Averages that are made", min=1)] = 10,
    steps: Annotated[int, Option(help="At a site, in a round", min=1)] = 50,
    proximal: Annotated[float, Option(help="mu of FedProx; 0 for FedAvg")] = 0.0,
    seed: Annotated[int, Option(help="Of weights, order and dropout")] = 0,
    least: Annotated[int, Option(help="Sites in each average", min=1)] = 2,
    deadline: Annotated[float, Option(help="Seconds of a round")] = 3600.0,
    epsilon: Annotated[
        float, Option(help="What it may cost each site; 0 for no noise")
    ] = 0.0,
    clip: Annotated[float, Option(help="Norm of a site's update, with noise")] = 1.0,
    secure: Annotated[
        int, Option(help="Sites in each masked sum, at least; 0 for no masks", min=0)
    ] = 0,
    kit: Annotated[
        str, Option(help="Its folder of `federate-kits`; '' makes all kits here")
    ] = "",
    host: Annotated[str, Option(help="Name by which sites reach it")] = "localhost",
    port: Annotated[int, Option(help="To listen on")] = 8443,
) -> None:
    """Wait for the sites, average round after round, keep all on disk."""
    names = tuple(split_names(sites))
    check_least(secure, len(names))
    own = Path(kit) if kit else make_kits(folder / "kits", host, names)[0]
    if secure and not kit:
        msg.warn("Who has the sites' keys, made here, can read updates: federate-kits")
    settings = Settings(
        rounds=rounds,
        steps=steps,
        proximal=proximal,
        seed=seed,
        clip=clip if epsilon else None,
        secure=secure,
    )
    patience = Patience(names, min(max(least, secure), len(names)), deadline)
    store, mechanism = Store(folder), None
    if epsilon:
        ledger = PrivacyLedger(ledger_path, read_yaml(budget_path, Budget))
        mechanism = pay(folder, ledger, epsilon, rounds, names, [output, metrics])
    how = store, settings, patience, msg.info, mechanism, own / "rootCA.pem"
    coordinator = Coordinator(*how)
    with listen(own, host, port, coordinator.answer):
        msg.info(f"Waiting for {', '.join(names)} at {host}:{port}")
        nlp, dev = open_rounds(coordinator, config, corpus, encoder)
        for record in score_rounds(coordinator, nlp, dev):
            mean = record.scores.mean if record.scores else 0.0
            msg.info(
                f"round {record.round + 1} of {rounds}: {', '.join(record.took_part)}; "
                f"mean F1 {100 * mean:.1f} on synthetic dev"
            )
        records = store.read_rounds()
        told = sum_up(records, settings, mechanism)
        counts = OriginCounts.model_validate(told["training_data"])
        nlp.meta |= {"federation": told, **tell_origins(counts, read_note(nlp.config))}
        save_as(nlp, output)
        write_json(metrics / "federation.json", told)
        plot_rounds(records, metrics / "federation.png")
        coordinator.dismiss()
    msg.good(f"Pipeline of all sites in {output}", f"{metrics / 'federation.json'}")


if __name__ == "__main__":
    run_step(federate)
