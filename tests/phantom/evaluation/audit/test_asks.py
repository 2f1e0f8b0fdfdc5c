"""Quotas for groups that are worse off."""

from collections import Counter

from tests.builders import FINANCE

from phantom.evaluation.audit.asks import NO_WAY, ask_for_groups
from phantom.evaluation.audit.records import Audit, Cell
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.records import Spec

PACK = load_pack(FINANCE)


def cell(dimension: str, group: str, gap: float, label: str = "all") -> Cell:
    return Cell(
        dimension=dimension,
        group=group,
        task="entities",
        metric="recall",
        label=label,
        documents=20,
        support=30,
        value=0.9 + gap,
        rest=0.9,
        gap=gap,
        alarm=True,
    )


def test_the_budget_goes_by_gaps_and_own_metadata_stays() -> None:
    audit = Audit(
        domain="finance",
        source="here",
        origin="private",
        documents=40,
        scores={},
        cells=[
            cell("region", "Japan", -0.3),
            cell("sex", "female", -0.1, "PER"),
            cell("ward", "St Mary's", -0.5),
        ],
        spreads=[],
        parity=[],
    )
    left_out: Counter[str] = Counter()
    plan = [Spec(id="s", kind="ACQUIRED_BY", attributes={"region": "Japan"})]
    asks = ask_for_groups(PACK, audit, load_language("en"), plan, 100, left_out)
    region, sex = asks
    assert region.attributes == {"region": "Japan"} and region.count == 75
    assert region.was == 1 and region.now == 76
    assert "region = Japan: recall of entities is 60.0" in region.because
    assert sex.attributes == {"people": "tells of people who are female"}
    assert sex.count == 25
    assert all("PER" in PACK.kinds[k].entities for k in sex.kinds) and sex.kinds
    assert left_out == {NO_WAY: 1} and all("Mary" not in str(a) for a in asks)
    assert all(ask.from_real for ask in asks)
