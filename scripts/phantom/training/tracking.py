"""Experiment tracking by a setting: MLflow on this machine, through spacy-loggers."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import IO, Any

from spacy.language import Language
from spacy.util import registry

Step = Callable[[dict[str, Any] | None], None]
Logger = Callable[[Language, IO[str], IO[str]], tuple[Step, Callable[[], None]]]
LOCAL = "sqlite:///"


def make_tracker(store: str, run: str) -> Logger | None:
    """A logger of a training run into a local MLflow store.

    store (str): Such as "sqlite:///metrics/mlflow.db"; "" for no tracking.
    run (str): What the run is called there.
    RAISES: ValueError for a store that is not on this machine, or without MLflow.
    """
    if not store:
        return None
    if not store.startswith(LOCAL):
        raise ValueError(
            f"tracking: {store!r} is no local store; nothing is sent to a server. "
            f"Write it as {LOCAL}metrics/mlflow.db"
        )
    # Read by MLflow as it is imported.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    os.environ["MLFLOW_TRACKING_URI"] = store
    if find_spec("mlflow") is None:
        raise ValueError(
            "tracking needs MLflow: pip install 'spacy-phantom[tracking]', or leave "
            "the setting `tracking` empty"
        )
    tracker: Logger = registry.loggers.get("spacy.MLflowLogger.v2")(run_name=run)
    return tracker


def join_loggers(first: Logger, second: Logger | None) -> Logger:
    """Both loggers, one after the other; the first alone if there is no second."""
    if second is None:
        return first
    tracker = second

    def start(
        nlp: Language, stdout: IO[str], stderr: IO[str]
    ) -> tuple[Step, Callable[[], None]]:
        parts = [logger(nlp, stdout, stderr) for logger in (first, tracker)]

        def step(info: dict[str, Any] | None) -> None:
            parts[0][0](info)
            # With a path it would load the pipeline and store a copy at each record.
            parts[1][0](info and {**info, "output_path": None})

        def finalize() -> None:
            for _, end in parts:
                end()

        return step, finalize

    return start
