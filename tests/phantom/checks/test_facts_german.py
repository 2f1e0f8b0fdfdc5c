"""Facts in German: ordinals of days and of dates."""

import pytest
from tests.builders import ROOT, example
from tests.builders.packs import findings

from phantom.checks import CheckContext, load_config
from phantom.packs.pack import load_pack

PACK = ROOT / "assets/domains/medicine_de"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Am 3. September 2024 kam er, am 15. Tag ging er.", True),
        ("Er kam am 03.09.2024 und ging am fünfzehnten Tag.", True),
        ("Er kam am 3. September 2024 und blieb 15 Tage.", True),
        ("Er kam am 3. September 2024 und blieb fünf Tage.", False),
        ("Er kam am 13. September 2024 und blieb 15 Tage.", False),
    ],
)
def test_days_and_dates(text: str, kept: bool) -> None:
    context = CheckContext(load_pack(PACK), load_config(PACK))
    facts = {"event": "stay", "dates": {"came": "2024-09-03"}}
    facts["numbers"] = {"days": {"value": 15, "unit": "Tage"}}
    found = findings("facts_kept", [example(text, facts=facts)], context)
    assert [x.reason for x in found] == ([] if kept else ["fact_lost"])
