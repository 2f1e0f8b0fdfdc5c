"""What the speed benchmark prints and draws."""

import statistics
import sys
from pathlib import Path
from typing import Any

import matplotlib
from speed_measure import Timings, exponent


def print_rates(title: str, rates: Timings) -> None:
    """One line for each, with the median and the range of the rounds."""
    for name, values in rates.items():
        spread = f"{min(values):,.0f} to {max(values):,.0f}"
        median = statistics.median(values)
        print(f"{title:11} {name:28} {median:8,.0f} words/s ({spread})", flush=True)


def print_growth(growth: list[dict[str, Any]]) -> None:
    """One line for each size, with memory above what there was before."""
    for row in growth:
        memory = "" if row["memory_mb"] is None else f"  +{row['memory_mb']:,.0f} MB"
        print(f"{row['size']:8,} {row['kind']:22} {row['seconds']:8.2f} s{memory}")
    sys.stdout.flush()


def print_figures(figures: dict[str, Any]) -> None:
    """One line for each key figure; a dash for what was not measured."""
    for key, value in figures.items():
        shown = f"{value:8.3f}" if isinstance(value, float) else f"{value or '-':>8}"
        print(f"{key:20} {shown}")


def plot(folder: Path, rates: dict[str, Timings], growth: list[dict[str, Any]]) -> None:
    """Bars of words per second, and time over size; one PNG each."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for axis, (title, timings) in zip(axes, rates.items(), strict=True):
        medians = [statistics.median(values) for values in timings.values()]
        axis.barh(list(timings), medians, color="#4477aa")
        axis.set(title=title, xlabel="words/s (median)")
        axis.invert_yaxis()
    figure.savefig(folder / "speed.png", dpi=120)
    figure, axis = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for kind in dict.fromkeys(row["kind"] for row in growth):
        rows = [row for row in growth if row["kind"] == kind]
        x, y = [r["size"] for r in rows], [r["seconds"] for r in rows]
        axis.loglog(x, y, marker="o", label=f"{kind}: slope {exponent(x, y):.2f}")
    axis.set(xlabel="size", ylabel="seconds")
    axis.legend()
    figure.savefig(folder / "speed_growth.png", dpi=120)
