"""What examples are worth: F1 against how many, synthetic and gold, as a picture."""

import math
import statistics
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import matplotlib

from phantom.jsonl import replace_file
from phantom.records import Record
from phantom.reports.svg import to_picture
from phantom.training.points import Point

# Two-sided 95% of Student's t, by degrees of freedom; beyond, those of the normal.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
TASKS = {"ents_f": "entities", "rel_micro_f": "relations, end to end"}


class Mean(Record):
    """F1 over seeds. low, high (Optional[float]): 95% interval; None for one seed.

    on (str): The finished pipeline that the gold came on top of, if any.
    """

    synthetic: int
    gold: int
    seeds: int
    mean: float
    on: str = ""
    sd: float | None = None
    low: float | None = None
    high: float | None = None


class Worth(Record):
    """The curves of one task, and what they say in a sentence."""

    task: str
    means: tuple[Mean, ...]
    sentences: tuple[str, ...]


def average(points: Iterable[Point], key: str) -> list[Mean]:
    """Mean, sd and interval of a score over the seeds of each size."""
    found: dict[tuple[str, int, int], list[float]] = {}
    for point in points:
        value = getattr(point.scores, key)
        if value is not None:
            key_ = (point.on, point.synthetic, point.gold)
            found.setdefault(key_, []).append(value)
    means = []
    for (on, synthetic, gold), values in sorted(found.items()):
        mean, more = statistics.fmean(values), dict[str, float]()
        if len(values) > 1:
            sd, free = statistics.stdev(values), len(values) - 1
            factor = STUDENT[free - 1] if free <= len(STUDENT) else 1.96
            half = factor * sd / math.sqrt(len(values))
            more = {"sd": sd, "low": mean - half, "high": mean + half}
        sizes = {"synthetic": synthetic, "gold": gold, "seeds": len(values)}
        means.append(Mean.model_validate({**sizes, "mean": mean, "on": on, **more}))
    return means


def exchange(means: Sequence[Mean], synthetic: int) -> str:
    """How many gold sentences the synthetic ones are worth, in a sentence; "" if the
    points for it are not there."""
    own = [x for x in means if not x.on]
    alone = [x for x in own if x.synthetic == synthetic and not x.gold]
    line = sorted((x.gold, x.mean) for x in own if not x.synthetic and x.gold)
    if not alone or not line:
        return ""
    wanted = alone[0].mean
    say = f"{synthetic:,} synthetic passages are worth {{}} gold sentences here"
    say += f" (F1 {100 * wanted:.1f})"
    if wanted < line[0][1]:
        return say.format(f"fewer than {line[0][0]:,}")
    for (few, low), (many, high) in zip(line, line[1:], strict=False):
        if low <= wanted <= high and high > low:
            part = (wanted - low) / (high - low)
            count = math.exp(math.log(few) + part * (math.log(many) - math.log(few)))
            return say.format(f"about {count:,.0f}")
    if wanted >= max(score for _, score in line):
        return say.format(f"more than {line[-1][0]:,}")
    return say.format("an unclear number of, since more gold scored lower,")


def summarize(points: Sequence[Point]) -> list[Worth]:
    """The curves of each task that was scored."""
    found = []
    for key, task in TASKS.items():
        means = average(points, key)
        if means:
            sizes = sorted({x.synthetic for x in means if x.synthetic})
            said = tuple(filter(None, (exchange(means, size) for size in sizes)))
            found.append(Worth(task=task, means=tuple(means), sentences=said))
    return found


def draw(worth: Sequence[Worth]) -> Any:
    """F1 against gold examples, one line per number of synthetic ones.

    Beside it F1 against synthetic examples, if any training was of these alone.
    """
    matplotlib.use("Agg")
    from matplotlib import pyplot

    alone = any(not (x.on or x.gold) for one in worth for x in one.means)
    figure, rows = pyplot.subplots(
        len(worth),
        1 + alone,
        figsize=(5 * (1 + alone), 3.6 * len(worth)),
        layout="constrained",
        squeeze=False,
    )
    for row, one in zip(rows, worth, strict=True):
        if alone:
            own = [x for x in one.means if not x.on]
            _line(row[0], [(x.synthetic, x) for x in own if not x.gold], "synthetic")
            row[0].set(xlabel="synthetic examples")
        for on, size in sorted({(x.on, x.synthetic) for x in one.means}):
            name = f"on top of {on or f'{size:,} synthetic'}" if on or size else ""
            same = [x for x in one.means if (x.on, x.synthetic) == (on, size)]
            points = [(x.gold, x) for x in same if x.gold]
            _line(row[-1], points, name or "gold only")
        row[-1].set(xlabel="gold examples")
        row[0].set(ylabel=f"{one.task}: F1 (%)")
        for axes in row:
            axes.grid(alpha=0.3)
            sizes = sorted({x for line in axes.lines for x in line.get_xdata()})
            if sizes:
                axes.set_xscale("log")
                axes.set_xticks(sizes, [f"{x:,.0f}" for x in sizes])
                axes.minorticks_off()
                axes.legend(frameon=False)
    return figure


def _line(axes: Any, points: Sequence[tuple[int, Mean]], name: str) -> None:
    if points:
        at = [size for size, _ in points]
        means = [100 * x.mean for _, x in points]
        bars = [100 * (x.high - x.mean) if x.high is not None else 0 for _, x in points]
        axes.errorbar(at, means, bars, fmt="o-", capsize=3, label=name)


def write_pictures(worth: Sequence[Worth], output: Path, note: str) -> None:
    """Write the picture (.png) and a page that holds it and the figures (.html).

    output (Path): Without a suffix of these. note (str): What was scored, and how.
    """
    figure = draw(worth)
    with replace_file(output.with_suffix(".png")) as temporary:
        figure.savefig(temporary, dpi=150)
    picture = to_picture(figure, "What examples are worth", note)
    page = to_page(worth, picture["svg"], note)
    with replace_file(output.with_suffix(".html")) as temporary:
        temporary.write_text(page, encoding="utf-8")


def to_page(worth: Sequence[Worth], svg: str, note: str) -> str:
    """A page that needs no other file. svg (str): The picture."""
    parts = [f"<p>{escape(note)}</p>", svg]
    for one in worth:
        parts.append(f"<h2>{escape(one.task)}</h2>")
        parts += [f"<p><strong>{escape(x)}.</strong></p>" for x in one.sentences]
        heads = ("on top of", "synthetic", "gold", "F1 (%)", "95% over seeds", "seeds")
        parts.append("<table><tr>" + "".join(f"<th>{x}" for x in heads) + "</tr>")
        for x in one.means:
            span = ""
            if x.low is not None and x.high is not None:
                span = f"{100 * x.low:.1f} to {100 * x.high:.1f}"
            counts = (f"{x.synthetic:,}", f"{x.gold:,}", f"{100 * x.mean:.1f}")
            cells = (escape(x.on), *counts, span)
            row = "".join(f"<td>{cell}" for cell in (*cells, x.seeds))
            parts.append(f"<tr>{row}</tr>")
        parts.append("</table>")
    style = (
        "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;background:#fff}"
        "svg{max-width:100%;height:auto}td,th{padding:.2rem .8rem;text-align:right}"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>What examples are worth</title><style>{style}</style></head><body>"
        "<h1>What examples are worth</h1>\n" + "\n".join(parts) + "\n</body></html>\n"
    )
