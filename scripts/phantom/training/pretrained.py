"""What an encoder that `pretrain` wrote says of itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from phantom.corpora.origins import OriginCounts
from phantom.jsonl import load_record
from phantom.records import Record
from phantom.runtime import find_encoders
from phantom.training.studentship import join_counts

NOTE = "pretraining.json"


class PretrainSettings(Record):
    """How an encoder reads on.

    head_steps (int): Of the first steps, those in which just a new head learns.
    batch (int): Wordpieces of a step, padding included; window: of a row.
    learn_rate, head_rate (float): The highest, of the encoder and of its head.
    warmup (float): Share of the steps in which rates rise; then they fall.
    masked (float): Share of the wordpieces that are to be told.
    every (int): Steps between two checkpoints, which are the points of the curve.
    """

    steps: int = Field(default=500, ge=1)
    head_steps: int = Field(default=100, ge=0)
    batch: int = Field(default=4096, gt=0)
    window: int = Field(default=128, gt=2)
    learn_rate: float = Field(default=5e-5, gt=0)
    head_rate: float = Field(default=1e-3, gt=0)
    warmup: float = Field(default=0.1, ge=0, lt=1)
    masked: float = Field(default=0.15, gt=0, lt=1)
    every: int = Field(default=50, ge=1)
    seed: int = 0


class PretrainPoint(Record):
    """Mean loss of a masked wordpiece since the point before. wordpieces: So far."""

    step: int
    wordpieces: int
    loss: float


class Pretraining(Record):
    """What an encoder's `pretraining.json` says.

    encoder (str): That it was, before it first read on.
    new_head (bool): Whether it came without a head.
    before, after (float): Perplexity on texts held out; before the encoder moved, but
        with a head that had learnt, if that was new.
    training_data (OriginCounts): What was read, by earlier runs of `pretrain` too.
    held_out (int): Texts that were not read.
    """

    encoder: str
    new_head: bool
    before: float
    after: float
    training_data: OriginCounts
    held_out: int
    settings: PretrainSettings
    curve: tuple[PretrainPoint, ...] = ()


def read_note(config: Mapping[str, Any]) -> Pretraining | None:
    """What `pretrain` says of the encoder that a training config names, if anything.

    RAISES: ValueError if its note can't be read.
    """
    for name in find_encoders(config):
        note = read_folder_note(config["components"][name]["model"]["name"])
        if note is not None:
            return note
    return None


def read_folder_note(folder: str) -> Pretraining | None:
    """What `pretrain` says of an encoder there, if anything.

    RAISES: ValueError if its note can't be read.
    """
    path = Path(folder) / NOTE
    return load_record(path, Pretraining) if path.is_file() else None


def tell_origins(counts: OriginCounts, note: Pretraining | None) -> dict[str, Any]:
    """What meta.json says of the text that trained a pipeline, its encoder's too.

    counts (OriginCounts): Of its own corpus.
    """
    if note is None:
        return {"training_data": counts.model_dump()}
    both = join_counts(note.training_data, counts)
    said = note.model_dump(mode="json", exclude={"curve"})
    return {"training_data": both.model_dump(), "pretrained_encoder": said}
