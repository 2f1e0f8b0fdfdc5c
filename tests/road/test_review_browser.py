"""The review page in a real browser, at desktop and at phone width, by two people."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders import example
from tests.builders.browser import (
    WIDTHS,
    ActionChains,
    By,
    Keys,
    Page,
    browser,
    needs_chromium,
    picture,
)
from tests.builders.reviews import HTML, last, make_review, running, two_examples

from phantom.review.decisions import DecisionLog
from phantom.review.session import Review

pytestmark = needs_chromium


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def decisions(review: Review) -> list[dict[str, Any]]:
    return [json.loads(line) for line in review.log.path.read_text().splitlines()]


def test_two_people_correct_and_a_third_adjudicates(tmp_path: Path, width: str) -> None:
    review = two_examples(tmp_path)
    with running(review) as address, browser(width) as driver:
        page = Page(driver, address)
        page.enter("ann")
        page.at("a")
        assert page.mentions() == ["CHEMICAL: Iron", "DISEASE: gout"]
        # A span is added by its label's key, and grows to whole words.
        page.mark("igrain")
        page.press("2")
        page.said("Added DISEASE: migraine")
        # The chosen mention's start goes one word to the left.
        page.press("[")
        page.said("DISEASE: severe\nmigraine")
        # Two relations may lead from CHEMICAL to DISEASE, besides a symmetric one.
        page.press(",", ",", "r", ".", "r")
        page.wait(lambda: page.one("#choice").is_displayed())
        picture(driver, f"{width}-choice")
        page.press("1")
        page.said("Added: Iron TREATS gout")
        picture(driver, f"{width}-edited")
        page.press("u")
        page.wait(lambda: not page.all("#relations b"))
        page.press("y")
        page.wait(lambda: page.all("#relations b"))
        page.press("a")
        page.said("Saved: accept a")
        page.at(HTML)
        assert page.text("#text") == f"{HTML} relieves gout."
        assert not page.all("#text img") and driver.title == "Review: A tiny domain"
        # The last decision is taken back and made again.
        page.press("u")
        page.said("Taken back: accept a")
        page.at("a")
        page.press("y")
        page.said("Saved again: accept a")
        driver.refresh()
        page.at(HTML)
        page.press("b")
        page.at("a")
        assert page.mentions()[2] == "DISEASE: severe\nmigraine"
        page.press("n", "d")
        page.said("All examples of the queue are decided")
        # The other sees the example as it came, and decides otherwise.
        driver.execute_script("document.getElementById('open-name').click()")
        page.enter("bob")
        page.at("a")
        assert len(page.mentions()) == 2
        page.press("a")
        page.said("Saved: accept a")
        page.press("d")
        page.said("All examples of the queue are decided")
        driver.execute_script("document.getElementById('open-name').click()")
        page.enter("cat")
        driver.execute_script("document.getElementById('to-conflicts').click()")
        page.wait(lambda: "Conflict · a" in page.text("#where"))
        assert len(page.all("#views .view")) == 2
        picture(driver, f"{width}-conflict")
        driver.execute_script("document.querySelector('#views button').click()")
        page.wait(lambda: page.all("#relations b"))
        page.press("a")
        page.said("No conflict is left")
        assert page.faults() == []
    lines = decisions(review)
    told = [(line["annotator"], line["example"], line["verdict"]) for line in lines]
    assert told == [
        ("ann", "a", "accept"),
        ("ann", "a", "undo"),
        ("ann", "a", "accept"),
        ("ann", HTML, "reject"),
        ("bob", "a", "accept"),
        ("bob", HTML, "reject"),
        ("cat", "a", "accept"),
    ]
    text = review.examples["a"].text
    after = lines[0]["after"]
    read = [(text[e["start"] : e["end"]], e["label"]) for e in after["entities"]]
    assert read == [
        ("Iron", "CHEMICAL"),
        ("gout", "DISEASE"),
        ("severe\nmigraine", "DISEASE"),
    ]
    assert after["relations"] == [{"head": 0, "tail": 1, "label": "TREATS"}]
    assert lines[-1]["role"] == "adjudicator" and lines[-1]["after"] == after
    assert lines[0]["seen"]["predicted"]["entities"][1]["text"] == "migraine"
    assert DecisionLog(review.log.path).conflicts() == []


def test_pointer_drags_an_edge_and_takes_over_a_prediction(tmp_path: Path) -> None:
    review = two_examples(tmp_path)
    with running(review) as address, browser("desktop") as driver:
        page = Page(driver, address)
        page.enter("ann")
        page.at("a")
        ActionChains(driver).move_to_element(page.all("#text mark")[0]).perform()
        edge = page.one("mark[data-index='0'] .edge.end")
        ActionChains(driver).click_and_hold(edge).move_by_offset(
            60, 0
        ).release().perform()
        page.said("CHEMICAL: Iron salts")
        page.one("#predicted li:nth-child(2) button").click()
        page.wait(lambda: "DISEASE: migraine" in page.mentions())
        page.settle()
        # A prediction takes the place of a mention that it overlaps, whose relations
        # that one keeps; a predicted relation brings its mentions.
        page.press(",", "[")
        page.said("DISEASE: severe\nmigraine")
        page.all("#predicted li")[2].find_element(By.TAG_NAME, "button").click()
        page.wait(lambda: page.text("#relations li").startswith("Iron NEAR migraine"))
        taken = ["CHEMICAL: Iron", "DISEASE: gout", "DISEASE: migraine"]
        assert page.mentions() == taken
        assert page.text("#predicted").count("(same)") == 3
        page.press("u", "u")
        # Why the pipeline found it: from its row, by key, and back again by keys.
        page.all("#predicted li")[1].find_elements(By.TAG_NAME, "button")[1].click()
        page.wait(lambda: page.one("#why").is_displayed())
        assert page.text("#why-title") == "migraine is DISEASE"
        assert page.text("#why-text") == review.examples["a"].text
        assert page.text("#why-text b") == "migraine"
        strongest = page.one("#why-text .for")
        assert strongest.text == "severe"
        assert strongest.get_attribute("title") == "severe: +0.50"
        picture(driver, "desktop-why")
        page.press(Keys.ARROW_RIGHT)
        assert page.text("#why-place") == "1 of 2"
        page.press("a", Keys.ESCAPE, ".", "w")
        assert "No explanation of this CHEMICAL" in page.text("#why-said")
        page.press(Keys.ESCAPE)
        # What would overlap is told, not done.
        page.mark("gout")
        page.press("1")
        page.said("overlaps")
        page.press("g")
        assert not page.all("#text .ghost")
        picture(driver, "desktop-dragged")
        # A relation from a mention to one that its label does not allow.
        page.all("#mentions li")[1].find_elements(By.TAG_NAME, "button")[1].click()
        page.said("Relation from gout")
        page.all("#text mark")[2].click()
        page.said("No other relation may lead from DISEASE to DISEASE")
        # Dragged from one mention to another; beside them, nothing comes of it.
        first, second = page.all("#text mark")[:2]
        pull = ActionChains(driver).click_and_hold(first)
        pull.move_to_element_with_offset(page.one("#text"), 0, 60).release().perform()
        page.settle()
        assert not page.one("#choice").is_displayed()
        ActionChains(driver).drag_and_drop(first, second).perform()
        page.wait(lambda: page.one("#choice").is_displayed())
        page.press("2")
        page.said("CAUSES gout")
        page.press("a")
        page.said("Saved: accept a")
        assert page.faults() == []
    decision = last(review)
    assert decision["after"]["relations"] == [{"head": 0, "tail": 1, "label": "CAUSES"}]
    # The mentions of the pipeline were hidden, but it was told why.
    assert decision["seen"]["explained"] and decision["seen"]["predicted"]


def test_arrow_keys_select_words(tmp_path: Path) -> None:
    review = make_review(tmp_path, [example("Old gout and migraine hurt.", id="a")])
    with running(review) as address, browser("desktop") as driver:
        page = Page(driver, address)
        page.enter("ann")
        page.at("a")
        right, shift = Keys.ARROW_RIGHT, Keys.SHIFT
        page.press(right, right)
        ActionChains(driver).key_down(shift).send_keys(right, right).key_up(
            shift
        ).perform()
        page.said("gout and migraine")
        page.press("2", "[")
        page.said("DISEASE: Old gout and migraine")
        page.press("}", "{", "{")
        page.said("DISEASE: Old gout and")
        page.press("x")
        page.wait(lambda: not page.mentions())
        page.press("?")
        page.wait(lambda: page.one("#help").is_displayed())
        picture(driver, "desktop-help")
        page.press("d")
        assert not review.log.path.exists()
