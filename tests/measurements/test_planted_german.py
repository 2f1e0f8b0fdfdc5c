"""Faults planted in the German recording are found by checks in German."""

import planted_faults
import pytest
from fault_tables import tabulate
from recorded import read_recorded
from tests.builders import ROOT

PACK = ROOT / "assets/domains/medicine_de"

pytestmark = pytest.mark.slow


def test_every_kind_is_found_in_german() -> None:
    planted = planted_faults.plant_all(read_recorded(PACK), 1, lang="de")
    table = tabulate(planted, planted_faults.check(planted, None, PACK))
    rows = [row for row in table["rows"] if row["planted"]]
    assert len(rows) >= 26
    assert {r["fault"]: r["missed"] for r in rows if r["found"] < r["planted"]} == {}
    assert all(row["by the right check"] == row["planted"] for row in rows)
    # Of 92 clean passages; label_in_passage tags words that are names elsewhere.
    assert table["false_alarms"] <= 3, table["alarms_by_check"]
