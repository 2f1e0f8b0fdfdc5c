"""Which relations are taken for which, and what their scores are worth.

Usage: python measurements/relation_confusion.py PIPELINE [PIPELINE ...] --dev FILE
       [--exclusive] [--share-names] [--json PATH]

Gold entities of a DocBin corpus (`convert` writes dev.spacy) are given; each pipeline
relates them. Rows of the table are gold labels, columns predicted ones, at the
pipeline's own threshold. The temperature is fitted on one half of the pairs and judged
on the other, and the other way round. With --exclusive the same weights are read as
labels that exclude each other, too; with --share-names as a model whose pairs of the
same two names share their scores.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts")]

import numpy as np  # noqa: E402
import spacy  # noqa: E402

from phantom.runtime import register_components  # noqa: E402

NAME = "relation_extractor"
MODULES = register_components()


def confuse(
    scores: np.ndarray, targets: np.ndarray, mask: np.ndarray, threshold: float
) -> np.ndarray:
    """Count known pairs by gold label and predicted label, the last of both is none.

    A pair's labels that are both gold and predicted count on the diagonal; of those
    left over, every gold one counts with every predicted one, or with none.

    scores, targets, mask (ndarray): Pairs by labels (P, L).
    RETURNS (ndarray): Counts (L + 1, L + 1), gold labels first.
    """
    labels = scores.shape[1]
    table = np.zeros((labels + 1, labels + 1), dtype="int64")
    for score, target, known in zip(scores, targets, mask, strict=True):
        if not known.any():
            continue
        given = set(np.flatnonzero(target * known))
        found = set(np.flatnonzero((score >= threshold) & (known > 0)))
        for label in given & found:
            table[label, label] += 1
        missed, wrong = given - found, found - given
        if given & found and not missed and not wrong:
            continue
        for gold in missed or {labels}:
            for predicted in wrong or {labels}:
                if (gold, predicted) != (labels, labels) or not given | found:
                    table[gold, predicted] += 1
    return table


def judge(pairs: tuple[np.ndarray, ...], exclusive: bool, threshold: float) -> dict:
    """Table, F1 and calibration error, by themselves and with a fitted temperature.

    RETURNS (Dict[str, Any]): `temperature` (of all pairs); under "as it is" and
        "calibrated" the `table`, `f` at the threshold and `error`.
    """
    logits, targets, mask = pairs
    calibration, module = MODULES["relation_calibration"], MODULES["relation_targets"]
    fit = calibration.fit_temperature
    half = np.arange(len(logits)) % 2
    fitted = np.ones(len(logits))
    for side in (0, 1):
        others = half != side
        parts = (logits[others], targets[others], mask[others])
        fitted[half == side] = fit(*parts, exclusive)
    found: dict[str, Any] = {"temperature": fit(logits, targets, mask, exclusive)}
    for name, temperature in (
        ("as it is", np.ones(len(logits))),
        ("calibrated", fitted),
    ):
        cooled = logits / temperature[:, None]
        scores = module.relation_probabilities(cooled, mask > 0, 1.0, exclusive)
        hit = scores >= threshold
        right = float((hit * targets * mask).sum())
        total = float(hit.sum() + (targets * mask).sum())
        found[name] = {
            "table": confuse(scores, targets, mask, threshold).tolist(),
            "f": 2 * right / total if total else 0.0,
            "error": calibration.calibration_error(scores, targets, mask),
        }
    return found


def show(title: str, labels: list[str], found: dict[str, Any]) -> None:
    """Print the tables of one reading."""
    print(f"{title}: temperature {found['temperature']:.2f}")
    names = [*labels, "none"]
    for name in ("as it is", "calibrated"):
        row = found[name]
        print(
            f"  {name}: F1 {100 * row['f']:.1f}, calibration error {row['error']:.3f}"
        )
        print("  " + " " * 18 + "".join(f"{x[:15]:>17}" for x in names))
        for gold, counts in zip(names, row["table"], strict=True):
            print(f"  {gold[:17]:18}" + "".join(f"{x:17,}" for x in counts))


def main() -> None:
    """Judge each pipeline, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipelines", type=Path, nargs="+")
    parser.add_argument("--dev", type=Path, required=True, help="DocBin corpus")
    parser.add_argument("--exclusive", action="store_true")
    parser.add_argument("--share-names", action="store_true")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    figures: dict[str, Any] = {}
    for path in args.pipelines:
        model = {"share_names": True} if args.share_names else {}
        nlp = spacy.load(path, config={"components": {NAME: {"model": model}}})
        pipe: Any = nlp.get_pipe(NAME)
        reader = MODULES["relation_corpus"].make_relation_corpus(args.dev)
        score = MODULES["relation_calibration"].score_gold_pairs
        pairs = score(nlp, NAME, reader(nlp))
        own = bool(pipe.cfg.get("exclusive", False))
        for exclusive in sorted({own, own or args.exclusive}):
            title = f"{path}, {'exclusive' if exclusive else 'independent'} labels"
            figures[title] = judge(pairs, exclusive, pipe.cfg["threshold"])
            show(title, list(pipe.labels), figures[title])
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
