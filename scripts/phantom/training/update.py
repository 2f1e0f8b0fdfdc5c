"""One optimizer step of a pipeline."""

from collections.abc import Callable
from typing import Any

from spacy.language import Language
from spacy.training import Example
from spacy.training.loop import subdivide_batch
from thinc.api import Model


def update_pipeline(
    nlp: Language,
    batch: list[Example],
    settings: dict[str, Any],
    before_step: Callable[[], None] | None = None,
    **update: Any,
) -> None:
    """Take one optimizer step, its gradients summed over the batch's parts.

    before_step (Optional[Callable]): Called once the gradients are there.
    """
    frozen = settings["frozen_components"]
    for part in subdivide_batch(batch, settings["accumulate_gradient"]):
        nlp.update(
            part,
            **update,
            sgd=False,  # type: ignore[arg-type]
            exclude=frozen,
            annotates=settings["annotating_components"],
        )
    if before_step is not None:
        before_step()
    for name, proc in nlp.pipeline:
        if name not in frozen and isinstance(getattr(proc, "model", None), Model):
            proc.finish_update(settings["optimizer"])  # type: ignore[attr-defined]
    settings["optimizer"].step_schedules()
