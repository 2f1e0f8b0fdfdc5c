"""Plant 5% wrong labels in the recording; how many does the model-based check find?

Also the quick model's F1 on NCBI-disease dev before and after the worst passages of
the unplanted recording are left out (reported, never tuned on).

Usage: python measurements/label_errors.py [--passages N] [--seeds N] [--dev FILE]
    [--json FILE]
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from recorded import read_recorded  # noqa: E402

from phantom.checks.engine.corpus import TOKEN  # noqa: E402
from phantom.checks.label_errors import Suspect, rank_suspects  # noqa: E402
from phantom.checks.models.mention_model import score_mentions  # noqa: E402
from phantom.checks.models.quick_model import build_model, train_epochs  # noqa: E402
from phantom.features import Encoder  # noqa: E402
from phantom.jsonl import read_jsonl  # noqa: E402
from phantom.records import Example  # noqa: E402

LABELS = ["DISEASE", "CHEMICAL", "GENE"]
Span = tuple[int, int, int]


class Remembering(Encoder):
    """Encodes every text once, since planting changes labels only."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, np.ndarray] = {}

    def embed_words(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[tuple[int, int]]],
        sentences: dict[str, np.ndarray] | None = None,
    ) -> list[np.ndarray]:
        new = [i for i, text in enumerate(texts) if text not in self.known]
        rows = super().embed_words([texts[i] for i in new], [spans[i] for i in new])
        self.known.update((texts[i], row) for i, row in zip(new, rows, strict=True))
        return [self.known[text] for text in texts]


def plant(
    examples: list[Example], share: float, seed: int
) -> tuple[list[Example], set[tuple[int, int]]]:
    """Change the label of some mentions, untag others.

    RETURNS: the examples and where: (passage, start offset of the mention).
    """
    rng = random.Random(seed)
    wrong: set[tuple[int, int]] = set()
    out = []
    for i, example in enumerate(examples):
        entities = []
        for entity in example.entities:
            if rng.random() >= share:
                entities.append(entity)
                continue
            wrong.add((i, entity.start))
            if rng.random() < 0.5:
                other = rng.choice([x for x in LABELS if x != entity.label])
                entities.append(entity.model_copy(update={"label": other}))
        update = {"entities": tuple(entities), "relations": ()}
        out.append(example.model_copy(update=update))
    return out, wrong


def judge(
    suspects: list[Suspect],
    examples: list[Example],
    wrong: set[tuple[int, int]],
) -> dict[str, Any]:
    """Precision and recall of the ranking, at as many suspects as were planted."""
    where = {
        (i, e.start): (e.start, e.end)
        for i, x in enumerate(examples)
        for e in x.entities
    }
    hits: list[bool] = []
    found: set[tuple[int, int]] = set()
    recall: dict[int, float] = {}
    for rank, suspect in enumerate(suspects, start=1):
        match = [
            key
            for key in wrong
            if key[0] == suspect.passage
            and suspect.start < where[key][1]
            and where[key][0] < suspect.end
        ]
        hits.append(bool(match))
        found.update(match)
        recall[rank] = len(found) / len(wrong)
    k = min(len(wrong), len(suspects))
    return {
        "planted": len(wrong),
        "suspects": len(suspects),
        "precision_at_planted": round(sum(hits[:k]) / k, 4),
        "recall_at_planted": round(recall[k], 4),
        "precision_all": round(sum(hits) / len(hits), 4),
        "recall_all": round(recall[len(suspects)], 4),
    }


def f1(
    train: list[Example], dev: list[Example], encoder: Encoder, seed: int = 0
) -> float:
    """Exact-span F1 of the quick model for DISEASE on annotated real text."""
    torch.manual_seed(seed)
    x, y = _matrix(train, encoder)
    mean, std = x.mean(0), x.std(0) + 1e-6
    model = build_model(x.shape[1], 2)
    for _ in train_epochs(model, (x - mean) / std, y, 6):
        pass
    right = guessed = gold = 0
    for example in dev:
        spans = [m.span() for m in TOKEN.finditer(example.text)]
        vectors = torch.from_numpy(encoder.embed_words([example.text], [spans])[0])
        with torch.no_grad():
            classes = model((vectors - mean) / std).argmax(1).tolist()
        predicted, k = set(), 0
        while k < len(classes):
            last = k + 1
            if classes[k]:
                while last < len(classes) and classes[last]:
                    last += 1
                predicted.add((spans[k][0], spans[last - 1][1]))
            k = last
        truth = {(e.start, e.end) for e in example.entities}
        right += len(predicted & truth)
        guessed += len(predicted)
        gold += len(truth)
    return 2 * right / max(guessed + gold, 1)


def _matrix(
    examples: list[Example], encoder: Encoder
) -> tuple[torch.Tensor, torch.Tensor]:
    spans = [[m.span() for m in TOKEN.finditer(e.text)] for e in examples]
    vectors = encoder.embed_words([e.text for e in examples], spans)
    marks = [
        any(a < e.end and e.start < b for e in example.entities if e.label == "DISEASE")
        for example, tokens in zip(examples, spans, strict=True)
        for a, b in tokens
    ]
    return torch.from_numpy(np.concatenate(vectors)), torch.tensor(marks).long()


def find_planted(
    examples: list[Example], share: float, seeds: int, encoder: Encoder
) -> dict[str, Any]:
    """Plant anew with each seed and judge both rankings; their means at the end."""
    runs: dict[str, list[dict[str, Any]]] = {"confident": [], "dynamics": []}
    seconds = []
    for seed in range(seeds):
        planted, wrong = plant(examples, share, seed)
        started = time.process_time()
        scores = score_mentions(planted, LABELS, encoder)
        seconds.append(time.process_time() - started)
        for method, found in runs.items():
            found.append(judge(rank_suspects(scores, method), examples, wrong))
            print(seed, method, found[-1], flush=True)
    report: dict[str, Any] = {
        method: {key: round(mean(run[key] for run in found), 4) for key in found[0]}
        for method, found in runs.items()
    }
    report["model_cpu_seconds"] = round(mean(seconds), 1)
    return report


def embed(examples: list[Example], encoder: Encoder) -> None:
    """Encode all at once, so that the encoder sees full batches and remembers."""
    texts = [example.text for example in examples]
    encoder.embed_words(texts, [[m.span() for m in TOKEN.finditer(t)] for t in texts])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=3357)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--worst", type=float, default=0.02)
    parser.add_argument("--seeds", type=int, default=3, help="plantings, averaged")
    parser.add_argument("--dev", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    examples = read_recorded()[: options.passages]
    encoder = Remembering()
    started = time.process_time()
    embed(examples, encoder)
    report: dict[str, Any] = {
        "passages": len(examples),
        "encoder_cpu_seconds": round(time.process_time() - started, 1),
    }
    report |= find_planted(examples, options.share, options.seeds, encoder)
    if options.dev and options.dev.is_file():
        encoded = list(read_jsonl(options.dev, Example))
        embed(encoded, encoder)
        clean = rank_suspects(score_mentions(examples, LABELS, encoder), "confident")
        limit = int(options.worst * len(examples))
        worst = set(list(dict.fromkeys(s.passage for s in clean))[:limit])
        kept = [x for i, x in enumerate(examples) if i not in worst]
        for name, part in (("uncurated", examples), ("curated", kept)):
            runs = [f1(part, encoded, encoder, seed) for seed in range(5)]
            report[f"f1_dev_{name}"] = round(float(np.mean(runs)), 4)
            report[f"f1_dev_{name}_sd"] = round(float(np.std(runs)), 4)
    print(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
