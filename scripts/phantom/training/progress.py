"""Where a training run stands, and the curve that led there."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import srsly

from phantom.records import Record

if TYPE_CHECKING:
    from spacy.training import Example
    from thinc.api import Config

FREE_KEYS = ("max_steps", "max_epochs", "patience")
ANNOTATION: list[int | str] = [
    *("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "TAG", "POS", "MORPH", "LEMMA"),
    *("HEAD", "DEP", "SENT_START", "SPACY"),
]


class CurvePoint(Record):
    """One evaluation on the way.

    step, epoch (int): Counted from 0, as `spacy train` prints them.
    words (int): Tokens seen so far.
    seconds (float): Spent so far, evaluation included.
    losses (Dict[str, float]): By component, summed since the last evaluation.
    score (float): Weighted by `training.score_weights`.
    scores (Dict[str, Any]): All scores of the pipeline on the dev corpus.
    """

    step: int
    epoch: int
    words: int
    seconds: float
    losses: dict[str, float]
    score: float
    scores: dict[str, Any]


@dataclass
class Progress:
    """Where a run stands after a step, apart from weights and optimizer."""

    steps: int = 0
    words: int = 0
    seconds: float = 0.0
    results: list[tuple[float, int]] = field(default_factory=list)
    curve: list[CurvePoint] = field(default_factory=list)

    def is_over(self, patience: int, max_steps: int) -> bool:
        """Whether to stop here, as spaCy does; it takes `max_steps + 1` steps.

        patience (int): Steps without a better score; 0 for no end. Unlike spaCy's,
            it ends at an evaluation only, so that no step goes unjudged.
        """
        last = self.steps - 1
        if last < 0:
            return False
        best = -max((score, -step) for score, step in self.results)[1]
        judged = self.results[-1][1]
        return bool(patience and judged - best >= patience) or bool(
            max_steps and last >= max_steps
        )

    def add_point(
        self,
        epoch: int,
        losses: dict[str, float],
        score: float,
        scores: dict[str, Any],
    ) -> dict[str, Any]:
        """Note an evaluation of the step just taken.

        RETURNS (Dict[str, Any]): The info that spaCy's loggers expect.
        """
        step = self.steps - 1
        self.results.append((score, step))
        point = CurvePoint(
            step=step,
            epoch=epoch,
            words=self.words,
            seconds=self.seconds,
            losses={name: float(loss) for name, loss in losses.items()},
            score=score,
            scores=json.loads(srsly.json_dumps(scores)),
        )
        self.curve.append(point)
        return {
            **point.model_dump(exclude={"scores"}),
            "seconds": int(self.seconds),
            "other_scores": scores,
            "checkpoints": self.results,
        }


def run_digest(config: "Config", examples: "list[Example]") -> str:
    """Tell runs apart: hash the config and the training corpus.

    A run may be resumed with another end, so `FREE_KEYS` are left out; all else
    would make it another run.

    RETURNS (str): 64 hexadecimal digits.
    """
    config = config.copy()
    for key in FREE_KEYS:
        config["training"].pop(key, None)
    digest = hashlib.sha256(config.to_str().encode("utf-8"))
    docs = [example.reference for example in examples]
    for doc in docs:
        digest.update(doc.text.encode("utf-8"))
        digest.update(doc.to_array(ANNOTATION).tobytes())
        if len(doc.spans):
            digest.update(doc.spans.to_bytes())
    # At once: each call of msgpack's looks for its extensions anew.
    data: list[Any] = [(sorted(x.user_data.items(), key=repr), x.cats) for x in docs]
    digest.update(srsly.msgpack_dumps(data))
    return digest.hexdigest()
