"""What masks cost is measured on sums that are looked at."""

from pathlib import Path

import masking
import pytest

pytest.importorskip("nvflare")


def test_a_sum_is_timed_and_its_bytes_counted(tmp_path: Path) -> None:
    row = masking.measure(4, 500, tmp_path)
    assert (row["sites"], row["dropped"]) == (4, 1)
    assert set(row["seconds"]) == {"keys", "share", "mask", "sign", "show", "unmask"}
    assert 4000 < row["bytes"]["masked update"] < 5000
    assert row["bytes"]["other parts, to a site"] > 4 * 1000
