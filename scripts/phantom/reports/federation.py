"""What a federated training came to: numbers for a report, and a picture."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from phantom.corpora.origins import OriginCounts
from phantom.jsonl import replace_file
from phantom.privacy.mechanisms import DpSgd
from phantom.reports.curve import SCORES
from phantom.training.federated.messages import Settings
from phantom.training.federated.store import RoundRecord


def sum_up(
    rounds: Sequence[RoundRecord], settings: Settings, mechanism: DpSgd | None = None
) -> dict[str, Any]:
    """Examples by origin, settings, noise, rounds, and the bytes of each site."""
    sites = sorted(
        {site for record in rounds for site in (*record.sent, *record.received)}
    )
    # Of masked sums only totals are known; that with the most has the most sites.
    pairs = [pair for record in rounds for pair in record.origins.items()]
    counts = dict(sorted(pairs, key=lambda pair: pair[1].examples))
    total = reduce(OriginCounts.plus, counts.values(), OriginCounts())
    return {
        "training_data": total.model_dump(mode="json"),
        "settings": settings.model_dump(mode="json"),
        "mechanism": mechanism and mechanism.model_dump(mode="json"),
        "sites": {
            site: {
                "rounds": sum(site in record.took_part for record in rounds),
                "sent": sum(record.sent.get(site, 0) for record in rounds),
                "received": sum(record.received.get(site, 0) for record in rounds),
            }
            for site in sites
        },
        "rounds": [record.model_dump(mode="json") for record in rounds],
    }


def plot_rounds(rounds: Sequence[RoundRecord], output: Path) -> None:
    """Draw scores, bytes and who took part, by round.

    output (Path): The picture (.png).
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    numbers = [record.round + 1 for record in rounds]
    figure, (above, below) = pyplot.subplots(
        2, 1, sharex=True, figsize=(7, 6), layout="constrained"
    )
    for key, name in SCORES.items():
        values = [getattr(record.scores, key, None) for record in rounds]
        if any(value is not None for value in values):
            above.plot(numbers, [100 * (x or 0) for x in values], "o-", label=name)
    above.set(ylabel="score on synthetic dev (%)", ylim=(0, 100))
    sites = sorted({site for record in rounds for site in record.sent})
    for i, site in enumerate(sites):
        place = 0.8 / len(sites)
        at = [number - 0.4 + place * (i + 0.5) for number in numbers]
        sizes = [
            (record.sent.get(site, 0) + record.received.get(site, 0)) / 1e6
            for record in rounds
        ]
        bars = below.bar(at, sizes, 0.9 * place, label=site)
        for bar, record in zip(bars, rounds, strict=True):
            if site not in record.took_part:
                bar.set(alpha=0.3, hatch="//")
    below.set(xlabel="round", ylabel="megabytes (hatched: not in the average)")
    below.xaxis.get_major_locator().set_params(integer=True)
    for axes in (above, below):
        axes.set_axisbelow(True)
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            above_it = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0)}
            axes.legend(**above_it, ncols=4, frameon=False)
    with replace_file(output) as temporary:
        figure.savefig(temporary, dpi=150)
    pyplot.close(figure)
