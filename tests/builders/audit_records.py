"""What an audit found, as far as a test needs it."""

from typing import Any

from phantom.evaluation.audit.records import Audit, Cell


def make_cell(**values: Any) -> Cell:
    """An alarm of women, changed by what is given."""
    alarm: dict[str, Any] = {
        **{"dimension": "sex", "group": "female", "label": "all", "alarm": True},
        **{"task": "entities", "metric": "recall"},
        **{"documents": 20, "support": 30, "gap": -0.3},
    }
    return Cell(**{**alarm, **values})


def make_audit(cells: list[Cell], documents: int = 40) -> Audit:
    """An audit of these cells alone."""
    return Audit(
        domain="medicine",
        source="here",
        origin="synthetic",
        documents=documents,
        scores={},
        cells=cells,
        spreads=[],
        parity=[],
    )
