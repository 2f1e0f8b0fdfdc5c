"""Answers to a few specs of medicine, and what the curator makes of them."""

import json
from typing import Any

from tests.builders import MEDICINE

from phantom.curation.curator import Curator
from phantom.packs.pack import load_pack
from phantom.records import Completion, Example, Rejected, Spec
from phantom.runtime import blank_pipeline

PACK = load_pack(MEDICINE)
NLP = blank_pipeline("en")
SPECS = {
    "disease": Spec(id="disease", kind="disease", open=["DISEASE"]),
    "none": Spec(id="none", kind="none"),
    "induces": Spec(
        id="induces", kind="chemical induces disease", open=["CHEMICAL", "DISEASE"]
    ),
    "old": Spec(id="old", kind="a kind of last year"),
}
PAIR = "<CHEMICAL id=1>Iron</CHEMICAL> gave <DISEASE id=2>nausea</DISEASE>."


def complete(raw: str, spec_id: str = "disease") -> Completion:
    return Completion(
        spec_ids=(spec_id,), completion=raw, model="m", recorded="2026-11-21"
    )


def answer(text: str, relations: Any = (), spec_id: str = "disease") -> Completion:
    return complete(json.dumps({"text": text, "relations": list(relations)}), spec_id)


def judge(*completions: Completion) -> list[Example | Rejected]:
    return list(Curator(PACK, SPECS, NLP).curate(completions))
