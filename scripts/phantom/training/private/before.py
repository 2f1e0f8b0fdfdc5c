"""What encoder and pipeline had read before private records: epsilon leaves it out."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spacy.util import load_config
from srsly import read_json

from phantom.corpora.origins import OriginCounts
from phantom.privacy.ledger import PrivacyLedger
from phantom.records import Record
from phantom.training.masked import find_encoder
from phantom.training.pretrained import read_folder_note

ENCODER = "transformer"


class Before(Record):
    """What had been read before, at no cost in the ledger.

    place (str): Name or path of the encoder, or folder of the pipeline that it is of.
    training_data (Optional[OriginCounts]): Text that trained it; None if nothing says.
    pretrained_encoder (Optional[Dict]): What `pretrain` says, if it was run.
    """

    place: str
    training_data: OriginCounts | None = None
    pretrained_encoder: dict[str, Any] | None = None

    @property
    def known(self) -> bool:
        """Whether all that was read says where it is from."""
        return self.training_data is not None and not self.training_data.unknown

    def words(self) -> str:
        """For people, and for the ledger."""
        counts = self.training_data
        if counts is None:
            return f"nothing here says what {self.place} had read"
        origins = ("synthetic", "public", "unknown")
        parts = [f"{n:,} {x}" for x in origins if (n := getattr(counts, x))]
        return f"{self.place} had read {', '.join(parts) or 'no'} texts"


def read_before(config: Path, encoder: str, on: Path | None) -> Before | None:
    """What is known of the text that came before; None if nothing is trained yet.

    Given as `build_pipeline` takes them.
    RAISES: ValueError if private text was among it, without a budget.
    """
    if on is not None:
        meta = read_json(on / "meta.json")
        refuse_private(str(on), counts_of(meta), bool(meta.get("federation")))
        told = meta.get("training_data"), meta.get("pretrained_encoder")
        return Before(place=str(on), training_data=told[0], pretrained_encoder=told[1])
    parts = load_config(config, interpolate=False)["components"]
    if ENCODER not in parts:
        return None
    name = encoder or str(parts[ENCODER]["model"]["name"])
    note = read_folder_note(find_encoder(name))
    if note is None:
        return Before(place=name)
    refuse_private(name, [note.training_data.model_dump()])
    said = note.model_dump(mode="json", exclude={"curve"})
    return Before(place=name, training_data=note.training_data, pretrained_encoder=said)


def counts_of(meta: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Passages by origin of each training that a pipeline's meta.json tells of."""
    told = [*(meta.get("adapted") or ()), meta.get("meta_trained") or {}]
    return [meta.get("training_data") or {}, *(x.get("origins") or {} for x in told)]


def refuse_private(
    place: str, counts: Iterable[Mapping[str, Any]], federated: bool = False
) -> None:
    """RAISES: ValueError if text that nobody paid for is private, or of other sites."""
    if federated or any(x.get("private") for x in counts):
        raise ValueError(
            f"{place}: trained on private text without noise, so nothing on top of it "
            "is private; take one of synthetic and public text"
        )


def refuse_other_ledgers(on: Path | None, ledger: PrivacyLedger) -> None:
    """See that what private records taught a pipeline is paid from the same ledger.

    RAISES: ValueError if it is not, so that epsilon would leave those records out.
    """
    told = read_json(on / "meta.json").get("private_training") if on else None
    if told and told.get("draw") not in {draw.digest for draw in ledger.draws()}:
        raise ValueError(
            f"{on}: private records taught it, paid from another ledger than "
            f"{ledger.path}, whose epsilon would leave them out; go on with the ledger "
            "of then, or take a pipeline of synthetic and public text"
        )
