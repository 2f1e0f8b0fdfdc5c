"""How faithful explanations are on real sentences, and how long they take.

    python measurements/explain.py PIPELINE GOLD --json figures.json [--take 200]
        [--time-only]

GOLD: bc5cdr/dev.jsonl; sentences of 8 tokens and more in which the pipeline finds
something, in order. Of each, one mention and one relation, drawn by seed. Ranked are
the words, by integrated gradients as `explain` has them, by gradient x input, by the
attention of the last layer from the words of the mentions, and by chance; once all of
them, and once those outside of the mentions alone. Areas are of the chance while words
are masked (deletion, low is better) or put in (insertion, high is better). Intervals
are of the mean difference to integrated gradients, by 2,000 bootstrap resamples of the
decisions. Seconds are those of all attributions of a sentence, without edits; with
--time-only, nothing is ranked: time that on a quiet machine, with the threads you have.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import spacy
import torch

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from phantom.evaluation.explain.attributions import (  # noqa: E402
    gradient_times_input,
    integrate_gradients,
)
from phantom.evaluation.explain.curves import attention_to, find_areas  # noqa: E402
from phantom.evaluation.explain.embedded import EmbeddedEncoder  # noqa: E402
from phantom.evaluation.explain.explainer import Target  # noqa: E402
from phantom.jsonl import read_jsonl, write_json  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import register_components  # noqa: E402

WAYS = ("integrated gradients", "gradient x input", "attention", "random")
RESAMPLES = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--take", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=20, help="Of the processor")
    parser.add_argument("--time-only", action="store_true")
    options = parser.parse_args()
    register_components()
    nlp = spacy.load(options.pipeline)
    encoder = EmbeddedEncoder(nlp)
    random = np.random.default_rng(0)
    areas: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    seconds: list[tuple[float, float]] = []
    errors: list[float] = []
    steps: list[int] = []
    begun = time.process_time()
    for example in read_jsonl(options.gold, Example):
        doc = nlp(example.text)
        if len(seconds) == options.take or not doc.ents or len(doc) < 8:
            if len(seconds) == options.take:
                break
            continue
        if time.process_time() - begun > 60 * options.minutes:
            break
        wall, cpu = time.perf_counter(), time.process_time()
        target = Target(nlp, encoder, doc)
        embedded = target.embedded
        found = integrate_gradients(target, embedded.words, embedded.blank)
        seconds.append((time.perf_counter() - wall, time.process_time() - cpu))
        errors += found.error.tolist()
        steps += found.steps.tolist()
        if options.time_only:
            continue
        times = gradient_times_input(target, embedded.words, embedded.blank)
        count = len(doc)
        for i in chosen(target, random):
            decision = target.decisions[i]
            own = np.concatenate(
                [np.arange(doc.ents[k].start, doc.ents[k].end) for k in decision.places]
            )
            values = {
                "integrated gradients": embedded.to_tokens(found.values[i], count),
                "gradient x input": embedded.to_tokens(times[i], count),
                "attention": attention_to(target, count, own),
                "random": random.random(count),
            }
            family = "mentions" if len(decision.places) == 1 else "relations"
            everywhere = np.arange(count)
            for name, among in [
                (family, everywhere),
                (f"{family}, context alone", np.setdiff1d(everywhere, own)),
            ]:
                for way in WAYS:
                    areas[name][way].append(find_areas(target, i, values[way], among))
        if len(seconds) % 10 == 0:
            write_json(options.json, summarize(areas, seconds, errors, steps))
    figures = summarize(areas, seconds, errors, steps)
    write_json(options.json, figures)
    print(json.dumps(figures, indent=1))


def chosen(target: Target, random: np.random.Generator) -> list[int]:
    """One mention and one relation of a doc, where it has them."""
    by_size: dict[int, list[int]] = defaultdict(list)
    for i, decision in enumerate(target.decisions):
        by_size[len(decision.places)].append(i)
    return [int(random.choice(group)) for group in by_size.values()]


def summarize(areas: dict, seconds: list, errors: list, steps: list) -> dict:
    """Means, and differences to integrated gradients with 95% intervals."""
    random = np.random.default_rng(1)
    rows = []
    for name, ways in areas.items():
        ours = np.array(ways[WAYS[0]])
        draws = random.integers(0, len(ours), (RESAMPLES, len(ours)))
        for way in WAYS:
            theirs = np.array(ways[way])
            row = {"what": name, "decisions": len(ours), "by": way}
            for k, curve in enumerate(("deletion", "insertion")):
                gap = (theirs - ours)[:, k]
                low, high = np.percentile(gap[draws].mean(1), [2.5, 97.5])
                row[curve] = round(float(theirs[:, k].mean()), 4)
                row[f"{curve}_less_ours"] = [
                    round(float(low), 4),
                    round(float(high), 4),
                ]
            rows.append(row)
    wall, cpu = np.array(seconds).T
    return {
        "sentences": len(wall),
        "decisions": len(errors),
        "within_5_percent": round(float(np.mean(np.array(errors) <= 0.05)), 4),
        "largest_error": round(max(errors), 4),
        "mean_steps": round(float(np.mean(steps)), 1),
        "threads": torch.get_num_threads(),
        "wall_seconds": {
            q: round(float(np.percentile(wall, q)), 3) for q in (50, 90, 99)
        },
        "processor_seconds": {
            q: round(float(np.percentile(cpu, q)), 3) for q in (50, 90, 99)
        },
        "below_a_second": {
            "wall": round(float(np.mean(wall < 1)), 3),
            "processor": round(float(np.mean(cpu < 1)), 3),
        },
        "areas": rows,
    }


if __name__ == "__main__":
    main()
