"""What a distilled pipeline says of itself: whose student it is, and how it learnt."""

from typing import Any

from pydantic import Field

from phantom.corpora.origins import OriginCounts
from phantom.records import Record
from phantom.training.matching import Matching
from phantom.training.to_gold import read_counts

# Told of a pipeline by those that made it, and true of its student.
INHERITED = ("adapted", "private_training", "meta_trained", "pretrained_encoder")


class DistillSettings(Record):
    """How a student learns.

    layers (int): Of the encoder that it keeps.
    match_steps (int): In which its states are drawn to the teacher's.
    match_wordpieces (int): Of such a step, padding included.
    steps (int): Of training on labels after that.
    teacher_share (float): Of the teacher's probability in the relations that are
        learnt, 0 to 1; the rest is the gold's.
    """

    layers: int = Field(ge=1)
    match_steps: int = Field(default=300, ge=1)
    match_rate: float = Field(default=5e-4, gt=0)
    match_wordpieces: int = Field(default=2048, gt=0)
    steps: int = Field(default=300, ge=1)
    learn_rate: float = Field(default=1e-4, gt=0)
    teacher_share: float = Field(default=0.5, ge=0, le=1)
    seed: int = 0


class Studentship(Record):
    """What meta.json of a student says under "student".

    teacher (str): Name and version; layers, of (int): The student's and the teacher's.
    public_texts (int): Unlabelled ones that the teacher labelled.
    left_out (Tuple[str, ...]): Components of the teacher without weights, such as those
        for documents, which `package` adds.
    """

    teacher: str
    layers: int
    of: int
    public_texts: int
    left_out: tuple[str, ...] = ()
    matching: Matching
    settings: DistillSettings


def describe(
    meta: dict[str, Any],
    teacher: dict[str, Any],
    note: Studentship,
    counts: OriginCounts,
) -> dict[str, Any]:
    """A student's meta: its own, and what its teacher's says of its text.

    counts (OriginCounts): Of all text that the student read.
    """
    told = read_counts(teacher)
    trained = None if told is None else join_counts(told, counts).model_dump()
    kept = {key: teacher[key] for key in INHERITED if key in teacher}
    said = {"student": note.model_dump(mode="json"), "training_data": trained}
    return {**meta, **kept, **said}


def join_counts(teacher: OriginCounts, own: OriginCounts) -> OriginCounts:
    """What trained either: synthetic text counts once, real text of both.

    A student reads the synthetic corpus that its teacher was trained on.
    """
    both, synthetic = teacher.plus(own), max(teacher.synthetic, own.synthetic)
    counted = {
        "examples": synthetic + both.public + both.private + both.unknown,
        "synthetic": synthetic,
        "varied": max(teacher.varied, own.varied),
        "models": {
            name: max(counts.models.get(name, 0) for counts in (teacher, own))
            for name in both.models
        },
    }
    return both.model_copy(update=counted)
