"""Which specs a plan goes on from: the recording's, and those of the round before."""

from collections.abc import Sequence
from pathlib import Path

from phantom.completions.ledger import Ledger, read_ledger
from phantom.jsonl import read_jsonl
from phantom.packs.pack import Pack
from phantom.records import Spec, hash_id


def read_recorded(pack: Pack) -> list[Spec]:
    """The specs of a pack's recording; none if it has no recording."""
    for name in ("specs.jsonl.gz", "specs.jsonl"):
        if (pack.recording / name).is_file():
            return list(read_jsonl(pack.recording / name, Spec))
    return []


def carry_on(recorded: list[Spec], earlier: Path) -> list[Spec]:
    """The recorded specs, then the others of an earlier plan, if that is there."""
    if not earlier.is_file():
        return recorded
    known = {spec.id for spec in recorded}
    return recorded + [s for s in read_jsonl(earlier, Spec) if s.id not in known]


def answered(specs: Sequence[Spec], journal: Path) -> set[str]:
    """Ids of the specs that a journal of completions has an answer to."""
    done = read_ledger(journal, Ledger()).done
    return {spec.id for spec in specs if hash_id(spec.id) in done}
