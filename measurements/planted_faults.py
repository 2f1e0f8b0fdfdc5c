"""Plant faults of some 30 kinds in the recording; count which the checks find."""

import argparse
import csv
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import copies  # noqa: E402
import faults  # noqa: E402
from fault_tables import Planted, add_up, tabulate  # noqa: E402
from fault_texts import SAID, FaultWords  # noqa: E402
from recorded import read_recorded  # noqa: E402

from phantom.checks import CheckContext, load_config  # noqa: E402
from phantom.checks.engine.result import QualityResult  # noqa: E402
from phantom.checks.engine.run import run_checks  # noqa: E402
from phantom.features import Encoder  # noqa: E402
from phantom.jsonl import write_jsonl  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.records import Example  # noqa: E402

PACK = ROOT / "assets" / "domains" / "medicine"


def plant_all(
    recorded: list[Example], each: int, seed: int = 0, lang: str = "en"
) -> Planted:
    """Two thirds of the recording stay clean; faults are made of the rest."""
    rng = random.Random(seed)
    said = SAID[lang]
    with open(ROOT / "measurements" / "paraphrases.tsv", encoding="utf-8") as file:
        rewritten = {
            row["id"]: row["paraphrase"] for row in csv.DictReader(file, delimiter="\t")
        }
    spare = [e for e in recorded[2::3] if e.id not in rewritten]
    taken = {e.id for e in spare}
    clean = [e for e in recorded if e.id not in taken]
    rng.shuffle(spare)
    planted = Planted(clean={e.id for e in clean}, expected=dict(faults.EXPECTED))
    planted.examples.extend(clean)
    _plant_labels(planted, clean, spare, each, said)
    for kind, make in faults.MAKERS.items():
        count = 0
        for example in list(spare):
            made = make(rng, example, said)
            if made is not None:
                planted.add(kind, made)
                spare.remove(example)
                count += 1
            if count == each:
                break
    _plant_copies(planted, clean, spare, rewritten, each, rng, said)
    rng.shuffle(planted.examples)
    return planted


def _plant_copies(
    planted: Planted,
    clean: list[Example],
    spare: list[Example],
    rewritten: dict[str, str],
    each: int,
    rng: random.Random,
    said: FaultWords,
) -> None:
    long = [e for e in clean if 18 <= len(e.text.split()) <= 40]
    for example in long[:each]:
        planted.add("exact copy", example, "exact_duplicates")
    for example in long[each : 2 * each]:
        text = example.text.upper().replace(",", " ,")
        copy = faults.plain(example, text)
        planted.add("copy but for case and commas", copy, "exact_duplicates")
    count = 0
    for example in long[2 * each :]:
        near = copies.rewrite_ends(example.text, rng, 0.77, 0.84)
        if near and count < each:
            count += 1
            copy = faults.plain(example, near)
            planted.add("near copy, Jaccard 0.8", copy, "near_duplicates")
    by_id = {example.id: example for example in clean}
    for id, text in rewritten.items():
        if id in by_id:
            copy = faults.plain(by_id[id], text)
            planted.add("paraphrase", copy, "semantic_duplicates")
    donor = spare.pop()
    for text, entity in copies.clones(rng, each + 3, said.template, said.gene):
        clone = faults.plain(donor, text).model_copy(update={"entities": (entity,)})
        planted.add("template clone", clone, "template_clones", "near_duplicates")
    fitting = [e for e in spare if len(e.text.split()) >= 18]
    planted.benchmark.extend(e.model_copy(update={"meta": {}}) for e in fitting)
    for example in fitting[:each]:
        planted.add("benchmark sentence", example, "benchmark_overlap")
    count = 0
    for example in fitting[each:]:
        words = example.text.split()
        words[6::7] = [said.filler] * len(words[6::7])
        copy = faults.plain(example, " ".join(words) + ".")
        if count < each:
            count += 1
            planted.add("edited benchmark sentence", copy, "benchmark_overlap")
    planted.private.append(Example(id="private-0", text=said.private))


def _plant_labels(
    planted: Planted,
    clean: list[Example],
    spare: list[Example],
    each: int,
    said: FaultWords,
) -> None:
    counts: Counter[tuple[str, str]] = Counter(
        (entity.text.lower(), entity.label)
        for example in clean
        for entity in example.entities
        if entity.text.islower() or len(entity.text) > 3
    )
    frequent = {key for key, n in counts.items() if n >= 5}
    made: Counter[str] = Counter()
    for example in list(spare):
        for i, entity in enumerate(example.entities):
            if (entity.text.lower(), entity.label) not in frequent:
                continue
            entities = list(example.entities)
            if made["wrong"] <= made["missed"] and made["wrong"] < each:
                other = said.gene if entity.label != said.gene else said.chemical
                entities[i] = entity.model_copy(update={"label": other})
                kind, check, key = "wrong label", "label_conflict", "wrong"
            elif made["missed"] < each:
                del entities[i]
                kind, check, key = "mention missed", "missed_mentions", "missed"
            else:
                break
            made[key] += 1
            update = {"entities": tuple(entities), "relations": (), "meta": {}}
            planted.add(kind, example.model_copy(update=update), check)
            spare.remove(example)
            break


def check(
    planted: Planted, encoder: Encoder | None, path: Path = PACK
) -> QualityResult:
    """Run a pack's checks over the planted corpus."""
    with tempfile.TemporaryDirectory() as folder:
        benchmark, private = Path(folder, "test.jsonl"), Path(folder, "private.jsonl")
        write_jsonl(benchmark, planted.benchmark)
        write_jsonl(private, planted.private)
        config = load_config(path)
        measuring = {"label_errors", "memorisation", "adversarial", "diversity"}
        checks = {k: v for k, v in config.checks.items() if k not in measuring}
        config = config.model_copy(update={"checks": checks})
        context = CheckContext(
            load_pack(path),
            config,
            benchmarks=[benchmark],
            private=[private],
            canaries=[faults.CANARY],
            encoder=encoder,
        )
        return run_checks(planted.examples, context, config)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=10, help="faults of each kind")
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--seeds", type=int, default=1, help="runs, added up")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    recorded = read_recorded(options.pack)
    lang = load_pack(options.pack).domain.lang
    encoder = None if options.no_model else Encoder()
    tables = []
    for seed in range(options.seeds):
        # Other passages stay clean each time.
        turned = [*recorded[seed:], *recorded[:seed]]
        planted = plant_all(turned, options.each, seed, lang)
        result = check(planted, encoder, options.pack)
        tables.append(tabulate(planted, result))
    table = add_up(tables)
    for row in table["rows"]:
        print(
            f"{row['fault']:32} {row['planted']:4} planted {row['found']:4} found "
            f"{row['by the right check']:4} as expected  {', '.join(row['checks'])}"
        )
    print({k: v for k, v in table.items() if k != "rows"}, result.skipped)
    if options.json:
        options.json.write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
