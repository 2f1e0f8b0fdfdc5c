"""Why the pipeline finds what it finds in a text, worked out when a person asks."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from phantom.records import Example, digest
from phantom.runtime import register_components

if TYPE_CHECKING:
    from phantom.evaluation.explain.explainer import Explainer

# Texts whose explanations are kept.
KEPT = 500


class Why:
    """What each word adds to the mentions and relations that a pipeline finds.

    One text is worked on at a time; the pipeline is loaded at the first question.

    pipeline (Path): Folder of the trained pipeline.
    """

    def __init__(self, pipeline: Path) -> None:
        self.pipeline = pipeline
        self._lock = Lock()
        self._explainer: Explainer | None = None
        self._known: dict[str, dict[str, Any]] = {}

    def __call__(self, example: Example) -> dict[str, Any]:
        """Explain a text; it takes as long as reading it some twenty times.

        RETURNS (Dict[str, Any]): `tokens` and `explanations`, as `Explained` has them.
        RAISES: ValueError if the pipeline or the text can't be explained, or captum is
            not installed.
        """
        key = digest(example.text)
        with self._lock:
            if key not in self._known:
                while len(self._known) >= KEPT:
                    del self._known[next(iter(self._known))]
                self._known[key] = self._explain(example)
            return self._known[key]

    def _explain(self, example: Example) -> dict[str, Any]:
        if self._explainer is None:
            self._explainer = _load(self.pipeline)
        (explained,) = self._explainer([example])
        return explained.model_dump(mode="json", include={"tokens", "explanations"})


def _load(pipeline: Path) -> "Explainer":
    # Most people never ask, and torch takes seconds to import.
    import spacy

    from phantom.evaluation.explain.explainer import Explainer

    register_components()
    return Explainer(spacy.load(pipeline))
