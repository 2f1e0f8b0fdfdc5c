"""Charts of metrics, drawn without a display."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from phantom.evaluation.evaluator import score_rows  # noqa: E402
from phantom.evaluation.split_scores import OURS  # noqa: E402
from phantom.jsonl import replace_file  # noqa: E402

COLORS = {
    OURS: "#1b6ca8",
    "lexicon": "#c9c9c9",
    "training_surfaces": "#8f8f8f",
    "always_yes": "#e0b567",
    "majority": "#e8d5a9",
    "keywords": "#b5838d",
}


def plot_scores(report: dict[str, Any], path: Path) -> None:
    """Bars of F1 with 95% intervals per dataset and task, beside the baselines.

    report (Dict[str, Any]): As in docs/metrics.md.
    path (Path): Where the .png goes.
    """
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for row in score_rows(report["datasets"]):
        several = row.label == "micro"
        key = f"{row.dataset} ({row.split})\n{row.task}"
        if several or key not in groups or row.system not in groups[key]:
            groups.setdefault(key, {}).setdefault(row.system, row.score)
    if not groups:
        return
    systems = list(dict.fromkeys(name for bars in groups.values() for name in bars))
    height = 0.8 / max(len(bars) for bars in groups.values())
    figure, axes = plt.subplots(
        figsize=(8, 1.2 + 0.75 * len(groups)), layout="constrained"
    )
    seen: set[str] = set()
    for system in systems:
        for y, bars in enumerate(groups.values()):
            if system not in bars:
                continue
            place = y + (list(bars).index(system) - (len(bars) - 1) / 2) * height
            score = bars[system]
            value = 100 * score["f"]
            low, high = (100 * x for x in score.get("f_ci", [score["f"]] * 2))
            axes.barh(
                place,
                value,
                height * 0.9,
                xerr=[[max(0, value - low)], [max(0, high - value)]],
                color=COLORS[system],
                ecolor="#333333",
                capsize=2,
                label=None if system in seen else _title(report, system),
            )
            seen.add(system)
            axes.text(
                max(value, high) + 1, place, f"{value:.1f}", va="center", fontsize=7
            )
    axes.set_yticks(range(len(groups)), list(groups), fontsize=8)
    axes.set_xlim(0, 108)
    axes.set_xlabel("F1 (micro), bars of 95% bootstrap intervals")
    limit = f", first {report['limit']} records per split" if report["limit"] else ""
    axes.set_title(f"{report['domain']}: {report['name']}{limit}", fontsize=10)
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    with replace_file(path) as temporary:
        figure.savefig(temporary, dpi=150)
    plt.close(figure)


def _title(report: dict[str, Any], system: str) -> str:
    return str(report["name"]) if system == OURS else system.replace("_", " ")
