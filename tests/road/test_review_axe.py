"""axe-core on every view of the review page: wide and narrow, light and dark."""

from pathlib import Path

import pytest
from tests.builders.browser import (
    AXE,
    NO_AXE,
    WIDTHS,
    Page,
    browser,
    needs_chromium,
    picture,
    scan,
)
from tests.builders.reviews import running, two_examples

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(not AXE.is_file(), reason=NO_AXE),
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(tmp_path: Path, width: str, dark: bool) -> None:
    review = two_examples(tmp_path)
    # Longer than the screen: what scrolls must be reached by keys.
    review.guidelines = "Mark diseases.\n\n" * 60
    look = f"{width}-{'dark' if dark else 'light'}"
    with running(review) as address, browser(width, dark) as driver:
        page = Page(driver, address)
        page.wait(lambda: page.one("#name").is_displayed())
        found = scan(driver)
        page.enter("ann")
        page.at("a")
        page.mark("migraine")
        page.press("2")
        found += scan(driver)
        picture(driver, f"{look}-edited")
        # The list of all labels, and that of the relations that are allowed.
        page.press("l")
        page.wait(lambda: page.one("#choice").is_displayed())
        found += scan(driver)
        page.one("#choice-cancel").click()
        page.press(",", ",", "r", ".", "r")
        page.wait(lambda: page.one("#choice").is_displayed())
        found += scan(driver)
        picture(driver, f"{look}-choice")
        page.one("#choice-cancel").click()
        page.press("?")
        found += scan(driver)
        page.one("#close-help").click()
        page.press("w")
        page.wait(lambda: page.one("#why").is_displayed())
        found += scan(driver)
        picture(driver, f"{look}-why")
        page.one("#why-close").click()
        # What people differ on, and who decided what before.
        page.press("a")
        page.said("Saved: accept a")
        driver.execute_script("document.getElementById('open-name').click()")
        page.enter("bob")
        page.at("a")
        page.press("d")
        page.said("Saved: reject a")
        driver.execute_script("document.getElementById('to-conflicts').click()")
        page.wait(lambda: "Conflict · a" in page.text("#where"))
        page.settle()
        found += scan(driver)
        picture(driver, f"{look}-conflict")
    assert found == []
