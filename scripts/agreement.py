"""Measure how far people agree, and how right the labels are by their judgement."""

from pathlib import Path
from typing import Annotated, Any

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.feedback.from_checks import keep_hints
from phantom.feedback.from_reviews import hint_on_edits
from phantom.jsonl import write_json
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.reports.agreement import SCORES, plot_agreement
from phantom.review.agreement import measure_agreement
from phantom.review.corrections import Corrections
from phantom.review.decisions import DecisionLog
from phantom.review.lines import ExampleFile
from phantom.runtime import token_bounds


def agreement(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    examples_path: Annotated[Path, Argument(help="Examples as they were shown")],
    reviews_path: Annotated[Path, Argument(help="Decisions of people (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for figures, drawing and hints")],
) -> None:
    """Write agreement, label precision, and hints from the most frequent edits."""
    if not reviews_path.is_file():
        raise ValueError(f"{reviews_path}: no decisions yet; `review` writes them")
    pack = load_pack(pack_path)
    examples = ExampleFile(examples_path, Example)
    log = DecisionLog(reviews_path)
    figures = measure_agreement(
        log,
        lambda key: examples[key] if key in examples else None,
        token_bounds(pack.domain.lang),
    )
    seen = (examples[key] for key in log.current() if key in examples)
    corrections = Corrections(log)
    list(corrections.apply(seen))
    if not figures["precision"] and not figures["unused"]:
        raise ValueError(f"{reviews_path}: no decision in it; `review` writes them")
    language = load_language(pack.domain.lang, pack_path)
    hints = keep_hints(hint_on_edits(corrections.edits, language))

    write_json(output / "agreement.json", figures)
    plot_agreement(figures, output / "agreement.png")
    write_json(output / "review_hints.json", hints)
    _print(figures)
    if figures["unused"]:
        msg.warn(f"{figures['unused']:,} decisions are on other examples or texts")
    if figures["conflicts"]:
        msg.warn(f"{figures['conflicts']:,} conflicts wait; `review` shows them")
    for reason, count in hints.left_out.items():
        msg.info(f"{count} hints left out: {reason}")
    msg.good(f"{len(hints.hints)} hints from edits; figures and drawing in {output}")


def _print(figures: dict[str, Any]) -> None:
    rows = []
    for pair in figures["pairs"]:
        scores = (_two(pair[key]) for key in SCORES)
        rows.append((" and ".join(pair["people"]), pair["examples"], *scores))
    header = ("people", "examples", *SCORES.values())
    msg.table(rows, header=header, aligns=("l", *"rrrrr"), divider=True)
    fleiss = figures["fleiss"]
    if fleiss["verdicts"] is not None or fleiss["tokens"] is not None:
        told = f"verdicts {_two(fleiss['verdicts'])}, tokens {_two(fleiss['tokens'])}"
        msg.info(f"Fleiss' kappa of all {fleiss['people']}: {told}")
    shares = []
    for name, row in figures["precision"].items():
        interval = f"{row['low']:.1%} to {row['high']:.1%}"
        shares.append((name, row["of"], f"{row['share']:.1%}", interval))
    header = ("left as it was", "seen", "share", "95% interval")
    msg.table(shares, header=header, aligns=("l", *"rrr"), divider=True)


def _two(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    run_step(agreement, torch=False)
