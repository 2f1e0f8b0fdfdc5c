"""What the model card says, gathered from what was counted and measured."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from pydantic import ValidationError

from phantom.evaluation.audit.records import ALL, Audit
from phantom.evaluation.evaluator import score_rows
from phantom.packs.pack import Pack
from phantom.shipping.provenance import describe_encoder, describe_student

# Watts of one busy core with its share of memory and fans: an assumption, said as such.
WATTS = 10.0
LIMITS = (
    "What it extracts is what a text says, not what is true.",
    "Scores on your own text will differ; measure before you rely on it.",
    "It was made to assist people who look at what it found, not to decide about a "
    "person or a client by itself.",
)


class Score(NamedTuple):
    """One F1 of the pipeline in percent, with its 95% interval where there is one."""

    dataset: str
    split: str
    title: str
    use: str
    task: str
    label: str
    precision: float
    recall: float
    f1: float
    low: float | None
    high: float | None
    support: int


def gather(pack: Pack, meta: dict[str, Any], reports: Path | None) -> dict[str, Any]:
    """The facts of the card; what was not measured is None or empty.

    meta (Dict[str, Any]): The wheel's meta.json, with provenance and benchmarks.
    reports (Optional[Path]): The run's folder in metrics/: audit.json,
        privacy-loss.json, privacy.json (of attack), privacy-rows.json (of attack-rows),
        cost.json, training.jsonl.
    RAISES: ValueError if a report can't be read, or an attack succeeded.
    """
    audit = _read_audit(pack, reports)
    return {
        "name": f"{meta['lang']}_{meta['name']}",
        "version": meta["version"],
        "title": pack.domain.title,
        "domain": pack.name,
        "language": meta["lang"],
        "in_language": Locale(meta["lang"]).english_name,
        "licence": meta["license"],
        "sample": " ".join(pack.domain.sample.split()),
        "labels": {k: " ".join(v.definition.split()) for k, v in pack.labels.items()},
        "relations": pack.schema(),
        "student": describe_student(meta),
        "encoder": describe_encoder(meta),
        "data": meta["data_provenance"],
        "sources": meta["sources"],
        "scores": list(list_scores(meta.get("benchmarks", {}))),
        "precision": meta.get("benchmarks_precision"),
        "precision_note": meta.get("precision_note"),
        "notes": [
            f"{dataset['title']}: {note}"
            for dataset in meta.get("benchmarks", {}).values()
            if dataset["splits"]
            for note in dataset.get("notes", [])
        ],
        "audit": audit,
        "flips": [
            flip
            for flip in (audit.flips if audit else ())
            if not flip.old and flip.label == ALL and flip.predictions
        ],
        "privacy": _read(reports, "privacy-loss.json"),
        "private_training": meta.get("private_training"),
        "attacks": read_attacks(reports),
        "cost": _cost(reports),
        "limits": LIMITS,
        "requirements": meta["requirements"],
    }


def list_scores(datasets: dict[str, Any]) -> Iterator[Score]:
    """The pipeline's own scores, without those of baselines."""
    for row in score_rows(datasets):
        if row.system != "pipeline" or not row.score["support"]:
            continue
        dataset, score = datasets[row.dataset], row.score
        split = dataset["splits"][row.split]
        bounds = [round(100 * x, 1) for x in score.get("f_ci") or ()]
        yield Score(
            dataset=row.dataset,
            split=row.split,
            title=dataset["title"],
            use=split["use"],
            task=row.task,
            label="all" if row.label == "micro" else row.label,
            precision=round(100 * score["p"], 1),
            recall=round(100 * score["r"], 1),
            f1=round(100 * score["f"], 1),
            low=bounds[0] if bounds else None,
            high=bounds[1] if bounds else None,
            support=score["support"],
        )


def _cost(reports: Path | None) -> dict[str, Any] | None:
    """Time and energy of training; an energy that nobody read is estimated."""
    measured = _read(reports, "cost.json")
    if measured is None:
        curve = reports / "training.jsonl" if reports else None
        if curve is None or not curve.is_file():
            return None
        last = curve.read_text(encoding="utf-8").splitlines()[-1:]
        return {"wall_seconds": json.loads(last[0])["seconds"]} if last else None
    if measured["joules"] is None:
        measured["watts"] = WATTS
        measured["estimated_joules"] = round(measured["processor_seconds"] * WATTS)
    return measured


def _read_audit(pack: Pack, reports: Path | None) -> Audit | None:
    data = _read(reports, "audit.json")
    if data is None or data.get("domain") != pack.name:
        return None
    try:
        return Audit.model_validate(data)
    except ValidationError as error:
        raise ValueError(
            f"{reports}/audit.json: {error.errors()[0]['msg']}; run `audit` again"
        ) from None


def read_attacks(reports: Path | None) -> list[dict[str, Any]]:
    """What attacks found that were held against their limits.

    RAISES: ValueError if one was surely beyond its limit, or was tried by an earlier
        version.
    """
    found = []
    for name in ("privacy.json", "privacy-rows.json"):
        told = _read(reports, name)
        if told is None:
            continue
        if "verdicts" not in told:
            raise ValueError(
                f"{reports}/{name}: has no verdicts; run `attack` again, or take it out"
            )
        found += told["verdicts"]
        failed = [x["attack"] for x in told["verdicts"] if x["fails"]]
        if failed:
            raise ValueError(
                f"{reports}/{name}: an attack is surely beyond its limit "
                f"({', '.join(failed)}), so this is not released. Train it otherwise "
                "and run `attack` again; docs/privacy.md"
            )
    return found


def _read(reports: Path | None, name: str) -> dict[str, Any] | None:
    path = reports / name if reports else None
    if path is None or not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: {error}; make it again, or move it away") from None
