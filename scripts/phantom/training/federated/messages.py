"""What sites and the coordinator say to each other: a record and arrays, no pickle."""

import json
from typing import Any, Literal, TypeVar

import numpy
from pydantic import Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from phantom.corpora.origins import OriginCounts
from phantom.privacy.mechanisms import Positive
from phantom.records import Record
from phantom.training.federated.secure.said import Told

Arrays = dict[str, numpy.ndarray]
RecordT = TypeVar("RecordT", bound=Record)
_SAID = "said"


class Labels(Record):
    """Names of labels, the one thing besides weights that leaves a site.

    entities (Tuple[str, ...]): Sorted.
    relations (Dict[str, Dict[str, Any]]): Labels of head and tail by relation label.
    """

    entities: tuple[str, ...] = ()
    relations: dict[str, dict[str, Any]] = {}

    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.entities) | self.relations.keys()


class Settings(Record):
    """What all sites do alike.

    rounds (int): Averages that are made.
    steps (int): Of the optimizer, in a round at a site.
    proximal (float): Pull towards the weights of the round's start, mu of FedProx
        (Li et al. 2020, arXiv:1812.06127); 0 is FedAvg.
    seed (int): Of weights, order and dropout.
    clip (Optional[float]): Norm that a site's update is clipped to, None for none.
    secure (int): Fewest sites in a masked sum; 0 for updates without masks.
    """

    rounds: int = Field(default=10, ge=1)
    steps: int = Field(default=50, ge=1)
    proximal: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    seed: int = 0
    clip: Positive | None = None
    secure: int = Field(default=0, ge=0)


class Join(Record):
    """A site announces itself. labels (Labels): That its text marks."""

    labels: Labels


class Ready(Record):
    """A site asks for work. layout, model (str): Its model as a digest and in words."""

    layout: str
    model: str = ""


class Update(Record):
    """A site's work, with the arrays by which its weights changed.

    round (int): Counted from 0.
    origins (OriginCounts): How many examples it has, which it weighs, of which origin;
        0 where that is private.
    """

    round: int = Field(ge=0)
    layout: str
    origins: OriginCounts = OriginCounts()


class Answer(Record):
    """What the coordinator answers.

    what (str): "agreed" on labels and settings; "wait"; "train" from the arrays that
        come with it; "taken" an update, "late" and "refused" not; "done", with the
        final arrays. Of a part of a masked sum: "kept"; "next", with what the stage
        came to; "again" by new keys.
    """

    # fmt: off
    what: Literal[
        "agreed", "wait", "train", "taken", "late", "refused", "done",
        "kept", "next", "again",
    ]
    # fmt: on
    why: str = ""
    round: int = 0
    labels: Labels | None = None
    settings: Settings | None = None
    told: Told | None = None


def pack(record: Record, arrays: Arrays | None = None) -> bytes:
    """A record and arrays as one message in the form of safetensors.

    arrays (Optional[Arrays]): Of uint64, or what float32 can hold.
    """
    plain = {
        name: numpy.ascontiguousarray(
            array, dtype="uint64" if array.dtype == numpy.uint64 else "float32"
        )
        for name, array in (arrays or {}).items()
    }
    return save(plain, metadata={_SAID: record.model_dump_json()})


def unpack(
    data: bytes, kind: type[RecordT], dtype: str = "float32"
) -> tuple[RecordT, Arrays]:
    """What `pack` made. RAISES: ValueError if it is anything else."""
    try:
        size = int.from_bytes(data[:8], "little")
        said = json.loads(data[8 : 8 + size])["__metadata__"][_SAID]
        arrays = load(data)
        record = kind.model_validate_json(said)
    except (SafetensorError, ValidationError, ValueError, KeyError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"no message of this version of Phantom ({reason})") from None
    wrong = [name for name, array in arrays.items() if array.dtype != dtype]
    if wrong:
        raise ValueError(f"array {wrong[0]}: {arrays[wrong[0]].dtype}, not {dtype}")
    return record, arrays
