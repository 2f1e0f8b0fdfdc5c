"""Picking between candidates in a real browser, at desktop and at phone width."""

from pathlib import Path

import pytest
from tests.builders.browser import (
    AXE,
    WIDTHS,
    Keys,
    Page,
    browser,
    needs_chromium,
    picture,
    scan,
)
from tests.builders.reviews import MARKUP, make_comparing, running

pytestmark = needs_chromium


@pytest.mark.parametrize(("width", "dark"), [("desktop", False), ("phone", True)])
def test_a_person_picks_and_then_sees_names(
    tmp_path: Path, width: str, dark: bool
) -> None:
    comparing = make_comparing(tmp_path)
    with running(comparing) as address, browser(width, dark) as driver:
        page = Page(driver, address)
        page.wait(lambda: page.one("#name").is_displayed())
        page.one("#annotator").send_keys("ann", Keys.ENTER)
        page.wait(lambda: len(page.all(".candidate")) == 3)
        assert len(page.all("article")) == 5
        text = page.text("#candidates")
        assert MARKUP in text and not page.all("#candidates script")
        assert "Write plain passages." in text and "2 cents" not in text
        tops = {item.rect["y"] for item in page.all(".candidate")}
        assert len(tops) == (1 if width == "desktop" else 3)
        assert driver.execute_script("return document.body.scrollWidth") <= max(
            WIDTHS[width][0], 480
        )
        picture(driver, f"{width}-pick")
        faults = scan(driver) if AXE.is_file() else []
        page.press("2")
        page.said("Saved: B. 1 picked so far")
        assert "2 cents" in page.text("#candidates")
        assert len(page.all(".candidate.picked")) == 1
        picture(driver, f"{width}-picked")
        faults += scan(driver) if AXE.is_file() else []
        page.one("#note").send_keys("too long")
        page.one("#none").click()
        page.said("Saved: none of them")
        driver.refresh()
        page.wait(lambda: page.all(".candidate"))
        assert page.one("#none").get_attribute("aria-pressed") == "true"
        assert page.one("#note").get_attribute("value") == "too long"
        assert driver.title == "Pick: Prompts of a tiny domain"
        assert page.faults() == [] and faults == []
    picks = comparing.log.read()
    expected = comparing.order("ann")[1].name
    assert [(x.picked, x.note) for x in picks] == [(expected, ""), (None, "too long")]
