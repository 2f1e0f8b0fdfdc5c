"""Where predictions come from: a pipeline, or a file."""

from collections.abc import Collection, Sequence
from pathlib import Path

from phantom.evaluation.predictions import predict, predictions_from_examples
from phantom.evaluation.types import Prediction, Request
from phantom.jsonl import read_jsonl
from phantom.records import Labelled
from phantom.runtime import load_pipeline, predicts_in, register_components


class Predictor:
    """Predicts with a pipeline, or looks predictions up in a file.

    labels (Collection[str]): Of the domain, some of which it must find.
    known (Optional[Dict[str, Labelled]]): The predictions of the file, by record.
    precision (Optional[str]): In which the pipeline's encoder predicts here.
    """

    def __init__(
        self,
        pipeline: Path | None,
        predictions: Path | None,
        labels: Collection[str] = (),
    ) -> None:
        if (pipeline is None) == (predictions is None):
            raise ValueError("give either --pipeline or --predictions")
        self.known: dict[str, Labelled] | None = None
        self.precision: str | None = None
        if pipeline:
            register_components()
            self.nlp = load_pipeline(pipeline, labels)
            self.precision = predicts_in(self.nlp)
        elif predictions:
            self.known = {}
            for example in read_jsonl(predictions, Labelled):
                if example.id in self.known:
                    raise ValueError(f"{predictions}: duplicate id {example.id}")
                self.known[example.id] = example
            if not self.known:
                raise ValueError(f"{predictions}: no prediction in it")

    @property
    def ids(self) -> set[str]:
        """Records that the file names."""
        return set(self.known or ())

    @property
    def answered(self) -> set[str]:
        """Records that the file has a prediction for, or that failed for good."""
        known = (self.known or {}).items()
        return {name for name, x in known if x.state != "pending"}

    def find(self, requests: Sequence[Request]) -> list[Prediction]:
        """Predict on any text. RAISES: ValueError if predictions come from a file."""
        if self.known is not None:
            raise ValueError("a file has no predictions on other text; give --pipeline")
        return predict(self.nlp, requests)

    def __call__(
        self, ids: Sequence[str], requests: Sequence[Request]
    ) -> list[Prediction]:
        if self.known is not None:
            return list(predictions_from_examples(self.known, ids, requests))
        return predict(self.nlp, requests)
