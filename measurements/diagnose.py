"""Seconds of a diagnosis beside the prediction itself.

    python measurements/diagnose.py GOLD TRAIN --json figures.json [--page FOLDER]

GOLD: annotated sentences (.jsonl) of the medicine benchmarks; TRAIN: train.jsonl of a
corpus. The first 5,000 sentences are diagnosed. Predictions are those of a dictionary
of the training text's names, which takes next to no time and makes more errors than a
pipeline. Seconds are wall time and processor time; where others use the machine, the
latter tells.
"""

import argparse
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from phantom.evaluation.baselines import Dictionary, surface_names  # noqa: E402
from phantom.evaluation.cases import make_cases, make_requests  # noqa: E402
from phantom.evaluation.diagnosis.diagnose import Diagnoser  # noqa: E402
from phantom.evaluation.gold import find_gold  # noqa: E402
from phantom.evaluation.types import Prediction  # noqa: E402
from phantom.features import Encoder  # noqa: E402
from phantom.jsonl import read_jsonl, write_json, write_text  # noqa: E402
from phantom.packs.language import load_language  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.reports.diagnosis.html import to_html  # noqa: E402
from phantom.runtime import blank_pipeline  # noqa: E402

PACK = ROOT / "assets" / "domains" / "medicine"
SENTENCES = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--page", type=Path, help="Folder for the page")
    options = parser.parse_args()
    pack = load_pack(PACK)
    gold = find_gold(pack, options.gold)
    examples = list(gold.read(SENTENCES))
    training = list(read_jsonl(options.train, Example))
    nlp = blank_pipeline("en")
    dictionary = Dictionary(nlp, surface_names(training))
    found = [dictionary.find(nlp.make_doc(x.text)) for x in examples]
    requests = make_requests(gold.dataset, examples, pack.relations)
    predictions = [Prediction(m, [], [[]]) for m in found]
    cases = make_cases(gold.dataset, examples, requests, predictions)
    # What a run does once, whatever it diagnoses.
    encoder = Encoder()
    encoder.embed_words(["Warm up."], [[(0, 4)]])

    wall, cpu = time.perf_counter(), time.process_time()
    language = load_language("en", PACK)
    diagnoser = Diagnoser(pack, gold.dataset, language, training, encoder)
    diagnosis = diagnoser(cases, f"{gold.name}, {gold.split}")
    page = to_html(diagnosis)
    figures = {
        "sentences": len(examples),
        "training_passages": len(training),
        "errors": len(diagnosis.mistakes),
        "wall_seconds": round(time.perf_counter() - wall, 1),
        "processor_seconds": round(time.process_time() - cpu, 1),
        "page_megabytes": round(len(page.encode()) / 1e6, 1),
        "first_findings": [w.name for w in diagnosis.weaknesses[:3]],
    }
    write_json(options.json, figures)
    if options.page:
        write_text(options.page / "diagnosis.html", page)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
