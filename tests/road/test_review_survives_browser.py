"""Tabs, reloads, a server that is gone: what is saved and what is not is said."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.builders import example
from tests.builders.browser import browser, needs_chromium, open_page
from tests.builders.reviews import last, make_review, running

pytestmark = needs_chromium
GOUT = "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE> and ague."


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser("desktop") as driver:
        yield driver


def test_edits_wait_when_one_leaves_without_deciding(
    driver: Any, tmp_path: Path
) -> None:
    review = make_review(tmp_path, [example(GOUT, id="a"), example("B.", id="b")])
    with running(review) as address:
        page = open_page(driver, address)
        page.mark("ague")
        page.press("2", "n")
        page.at("b")
        page.press("b")
        page.said("not saved yet")
        assert page.mentions()[-1] == "DISEASE: ague"
        # Leaving the page would lose them, which the browser asks about.
        asked = driver.execute_script(
            "return !window.dispatchEvent("
            "new Event('beforeunload', { cancelable: true }))"
        )
        assert asked
        page.press("u")
        assert len(page.mentions()) == 2
        page.press("y", "a")
        page.said("Saved: accept a")
        assert len(last(review)["after"]["entities"]) == 3
        assert driver.execute_script(
            "return window.dispatchEvent("
            "new Event('beforeunload', { cancelable: true }))"
        )


def test_a_decision_is_taken_back_after_the_page_was_loaded_again(
    driver: Any, tmp_path: Path
) -> None:
    review = make_review(tmp_path, [example(GOUT, id="a"), example("B.", id="b")])
    with running(review) as address:
        page = open_page(driver, address)
        page.press("d")
        page.said("Saved: reject a")
        driver.refresh()
        page.at("b")
        page.press("b")
        page.at("a")
        page.press("u")
        page.said("Taken back: reject a")
        assert review.log.latest("ann", "a") is None
        page.press("y")
        page.said("Saved again: reject a")
    assert [json.loads(x)["verdict"] for x in review.log.path.open()] == [
        "reject",
        "undo",
        "reject",
    ]


def test_two_tabs_of_one_person(driver: Any, tmp_path: Path) -> None:
    review = make_review(tmp_path, [example(GOUT, id="a"), example("B.", id="b")])
    first = driver.current_window_handle
    with running(review) as address:
        page = open_page(driver, address)
        page.mark("ague")
        page.press("2")
        driver.switch_to.new_window("tab")
        second = open_page(driver, address)
        second.press("d")
        second.said("Saved: reject a")
        driver.close()
        driver.switch_to.window(first)
        page.press("a")
        page.said("you decided on this elsewhere (reject)")
        # Nothing is lost: the edit stands, and can be saved now.
        assert page.mentions()[-1] == "DISEASE: ague"
        assert len(review.log.path.read_text().splitlines()) == 1
        page.press("a")
        page.said("Saved: accept a")
        assert len(last(review)["after"]["entities"]) == 3
        driver.back()
        driver.forward()
        page.at("b")


def test_what_is_not_saved_is_said_so(
    driver: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = make_review(tmp_path, [example(GOUT, id="a"), example("B.", id="b")])
    with running(review) as address:
        page = open_page(driver, address)
        page.mark("ague")
        page.press("2")

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            page.press("a")
            page.said("not saved: [Errno 28] No space left on device")
        assert page.text("#where").endswith("a") and len(page.mentions()) == 3
        assert review.log.path.read_bytes() == b""
        page.press("a")
        page.said("Saved: accept a")
        # Someone cuts the file in the middle of its line.
        whole = review.log.path.read_bytes()
        review.log.path.write_bytes(whole[:100])
        page.at("b")
        page.press("a")
        page.said("Saved: accept b")
    assert last(review)["example"] == "b"
    assert (
        review.log.path.with_name("reviews.jsonl.torn").read_bytes()[:100]
        == whole[:100]
    )


def test_a_server_that_is_gone_and_comes_back(driver: Any, tmp_path: Path) -> None:
    review = make_review(tmp_path, [example(GOUT, id="a"), example("B.", id="b")])
    with running(review) as address:
        page = open_page(driver, address)
        save = review.save
        keys = []

        def broken(request: Any) -> Any:
            keys.append(request.key)
            save(request)
            raise OSError("the connection broke after the disk had it")

        review.save = broken  # type: ignore[method-assign]
        page.press("a")
        page.said("the connection broke")
        review.save = save  # type: ignore[method-assign]
        page.press("a")
        page.said("Saved: accept a")
        assert last(review)["key"] == keys[0]
        assert len(review.log.path.read_text().splitlines()) == 1
