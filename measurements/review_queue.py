"""What the order by uncertainty is worth: how many sentences with errors come first.

Usage: python measurements/review_queue.py PIPELINE PUBTATOR [--documents N] [--first N]

PUBTATOR is a file with gold mentions under the labels of the pipeline, such as the
development set of BC5CDR; its sentences are put in the order of `review`. Prints the
share that holds a mention missed or wrong: of the first, and of all.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts")]

from phantom.formats.base import Report, read_format  # noqa: E402
from phantom.jsonl import write_jsonl  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.review.lines import ExampleFile  # noqa: E402
from phantom.review.predicted import write_predicted  # noqa: E402
from phantom.review.queue import by_pipeline  # noqa: E402
from phantom.review.records import Annotation  # noqa: E402

WORDS = 5


def split(examples: Iterable[Example]) -> Iterator[Example]:
    """Sentences of at least five words, with the mentions that lie in them."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    for example in examples:
        for i, sent in enumerate(nlp(example.text).sents):
            if len(sent.text.split()) < WORDS:
                continue
            start, end = sent.start_char, sent.end_char
            inside = [x for x in example.entities if start <= x.start and x.end <= end]
            yield Example(
                id=f"{example.id}-{i}",
                text=sent.text,
                entities=tuple(
                    x.moved(-start).model_copy(update={"label": x.label.upper()})
                    for x in inside
                ),
                origin="public",
            )


def measure(pipeline: Path, sentences: list[Example], first: int) -> dict[str, Any]:
    """Shares of sentences with an error: of the first so many, and of all."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sentences.jsonl"
        write_jsonl(path, sentences)
        examples = ExampleFile(path, Example)
        predicted = write_predicted(path.with_name("found.jsonl"), pipeline, sentences)
        wrong = {
            x.id: len(
                Annotation.of(x).facts()[0] ^ Annotation.of(predicted[x.id]).facts()[0]
            )
            for x in sentences
        }
        queue = list(by_pipeline(examples, predicted, "uncertainty"))[:first]
    return {
        "sentences": len(sentences),
        "first": len(queue),
        "with_errors": {
            "first": round(sum(wrong[x] > 0 for x in queue) / len(queue), 3),
            "all": round(sum(x > 0 for x in wrong.values()) / len(wrong), 3),
        },
        "errors_each": {
            "first": round(sum(wrong[x] for x in queue) / len(queue), 2),
            "all": round(sum(wrong.values()) / len(wrong), 2),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("pubtator", type=Path)
    parser.add_argument("--documents", type=int, default=35)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    settings = {"id_separator": "|"}
    files = {"file": options.pubtator}
    documents = list(read_format("pubtator", files, "", Report(), settings))
    random.Random(options.seed).shuffle(documents)
    sentences = list(split(documents[: options.documents]))
    print(json.dumps(measure(options.pipeline, sentences, options.first), indent=2))


if __name__ == "__main__":
    main()
