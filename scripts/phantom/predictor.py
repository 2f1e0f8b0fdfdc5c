"""Where predictions come from: a pipeline, or a file."""

from collections.abc import Sequence
from pathlib import Path

import spacy

from phantom.jsonl import read_jsonl
from phantom.predict import Prediction, Request, predict, predictions_from_examples
from phantom.quantize import predicts_in
from phantom.records import Example
from phantom.runtime import register_components


class Predictor:
    """Predicts with a pipeline, or looks predictions up in a file.

    ids (Set[str]): The records that the file has predictions for.
    precision (Optional[str]): In which the pipeline's encoder predicts here.
    """

    def __init__(self, pipeline: Path | None, predictions: Path | None) -> None:
        if (pipeline is None) == (predictions is None):
            raise ValueError("give either --pipeline or --predictions")
        self.ids: set[str] = set()
        self.precision: str | None = None
        if pipeline:
            register_components()
            self.nlp = spacy.load(pipeline)
            self.precision = predicts_in(self.nlp)
        elif predictions:
            self.known = {x.id: x for x in read_jsonl(predictions, Example)}
            self.ids = set(self.known)

    def __call__(
        self, ids: Sequence[str], requests: Sequence[Request]
    ) -> list[Prediction]:
        if self.ids:
            return list(predictions_from_examples(self.known, ids, requests))
        return predict(self.nlp, requests)
