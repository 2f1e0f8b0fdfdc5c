"""docs/reference/ is what the code says of itself."""

import pytest
from tests.builders import ROOT

from document import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    page = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert page == PAGES[name](), "run `python scripts/document.py docs/reference`"
