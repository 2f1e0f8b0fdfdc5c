"""The recorded corpus of a pack as examples, of medicine where none is named."""

from functools import cache
from pathlib import Path

from phantom.corpora.windows import part_documents
from phantom.curation.curator import Curator
from phantom.jsonl import read_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Completion, Example, Spec
from phantom.runtime import blank_pipeline

PACK = Path(__file__).resolve().parents[1] / "assets" / "domains" / "medicine"


def read_recorded(pack: Path = PACK) -> list[Example]:
    """Curated passages of the pack's recording.

    Whole documents are left out: faults are planted in passages, and what earlier
    figures were measured on stays the same.
    """
    return _read(pack)[0]


def read_documents() -> list[Example]:
    """Curated whole documents of the pack's recording."""
    return _read(PACK)[1]


@cache
def _read(path: Path) -> tuple[list[Example], list[Example]]:
    pack = load_pack(path)
    specs = {
        spec.id: spec for spec in read_jsonl(pack.recording / "specs.jsonl.gz", Spec)
    }
    curator = Curator(pack, specs, blank_pipeline(pack.domain.lang))
    answers = read_jsonl(pack.recording / "completions.jsonl.gz", Completion)
    examples = [e for e in curator.curate(answers) if isinstance(e, Example)]
    return part_documents(pack, examples)
