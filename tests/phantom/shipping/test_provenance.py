"""A wheel says of real data what was counted, never what was hoped."""

import pytest
from tests.builders import MEDICINE

from phantom.corpora.origins import OriginCounts
from phantom.packs.pack import load_pack
from phantom.shipping.provenance import (
    describe_data,
    describe_student,
    list_sources,
    summarize,
)
from phantom.shipping.wheel import describe

SYNTHETIC = OriginCounts(examples=1200, synthetic=1200, models={"m": 1200})
HYBRID = OriginCounts(
    examples=1240,
    synthetic=1200,
    public=30,
    private=10,
    models={"m": 1200},
    sources={"gad": 30, "ward": 10},
)


@pytest.mark.parametrize(
    ("counts", "real", "sentence"),
    [
        (SYNTHETIC, "none", "Trained on synthetic text alone."),
        (
            HYBRID,
            "40 of 1,240 passages, from gad (30), ward (10)",
            "40 of the 1,240 passages that trained it are real.",
        ),
        (None, "not recorded", "The origin of its training text is not recorded."),
        (
            OriginCounts(),
            "not recorded",
            "The origin of its training text is not recorded.",
        ),
        (
            OriginCounts(examples=3, synthetic=2, unknown=1),
            "not recorded for 1 passages; 0 of 3 passages for certain",
            "The origin of its training text is not recorded.",
        ),
    ],
)
def test_real_data_is_stated_as_counted(
    counts: OriginCounts | None, real: str, sentence: str
) -> None:
    assert describe_data(counts)["real_data_used"] == real
    assert summarize(counts) == sentence


def test_a_hybrid_wheel_names_its_data_sets_and_their_licences() -> None:
    meta = {"training_data": HYBRID.model_dump(), "lang": "en"}
    found = describe(load_pack(MEDICINE), meta, "1.0", None)
    assert "training_data" not in found
    licences = {source["name"]: source["license"] for source in found["sources"]}
    assert licences["ward"] == "private"
    assert any("ODbL" in licence for licence in licences.values())
    provenance = found["data_provenance"]
    assert provenance["training_data"] == (
        "1,240 passages: 1,200 synthetic, 30 public, 10 private"
    )
    assert provenance["written_by"] == "m (1,200)"


def test_public_text_that_no_map_names_is_not_called_private() -> None:
    counts = OriginCounts(examples=3, synthetic=1, public=2, sources={"notes.txt": 2})
    listed = dict(list_sources(load_pack(MEDICINE), counts))
    assert listed["notes.txt"] == "declared public"


def test_a_student_says_so_in_its_description() -> None:
    settings = {"match_steps": 1300, "steps": 300}
    said = {"teacher": "en_x 0.1.0", "layers": 3, "of": 6, "settings": settings}
    told = (
        "A student of en_x 0.1.0: 3 of its 6 encoder layers, distilled in 1,300 steps "
        "on hidden states and 300 on labels; synthetic texts, and 2,000 unlabelled "
        "public ones."
    )
    meta = {"training_data": HYBRID.model_dump(), "lang": "en"}
    student = {"student": {**said, "public_texts": 2000}}
    assert describe_student(meta) == "" and describe_student(student) == told
    assert "none besides" in describe_student({"student": {**said, "public_texts": 0}})
    found = describe(load_pack(MEDICINE), {**meta, **student}, "1.0", None)
    assert f". {told} 40 of the 1,240 passages" in found["description"]
    assert found["student"]["layers"] == 3
