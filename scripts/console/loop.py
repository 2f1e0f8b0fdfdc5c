"""What loop prints: a round's gain, what it would pay for, why it ends."""

from collections.abc import Iterable
from pathlib import Path

from wasabi import msg

from console.summaries import print_forecast
from phantom.evaluation.diagnosis.rounds import Round
from phantom.llms.estimate import Forecast


def print_round(row: Round) -> None:
    """Print what a round gained."""
    msg.divider(f"round {row.number}: {row.specs:,} specs, {row.added:,} of them new")
    lines = [
        (
            gain.task,
            f"{gain.before:.4f}",
            f"{gain.after:.4f}",
            f"{gain.gain:+.4f}",
            f"{gain.low:+.4f} to {gain.high:+.4f}",
            gain.texts,
        )
        for gain in row.gains
    ]
    header = ("F1", "before", "after", "gain", "95% interval", "texts")
    if lines:
        msg.table(lines, header=header, aligns=("l", *"rrrrr"), divider=True)


def print_unpaid(path: Path, count: int, forecast: Forecast) -> None:
    """Say which specs have no recorded answer, and what they would cost."""
    msg.warn(f"{count:,} specs have no answer in the recording; they are in {path}")
    print_forecast(forecast)


def print_end(rounds: Iterable[Round], stop: str) -> None:
    """Say why the loop ended."""
    for row in rounds:
        print_round(row)
    msg.good(f"Ended: {stop}")
