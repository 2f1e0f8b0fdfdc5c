"""The review page with texts, labels and mishaps that are hard on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

import pytest
from tests.builders import example
from tests.builders.browser import Keys, browser, needs_chromium, open_page, picture
from tests.builders.reviews import (
    HTML,
    MARKUP,
    last,
    make_review,
    running,
    words,
)

from phantom.packs.domain import Label
from phantom.records import Entity, Example, Relation
from phantom.review.records import Annotation
from phantom.review.validation import Schema

pytestmark = needs_chromium
GOUT = "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE> and ague."


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser("desktop") as driver:
        yield driver


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Iron\r\neased\r\ngout.", "gout"),
        ("Old\rMac gout.", "gout"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 had \U0001d49c gout.", "gout"),
        (
            "\u05d4\u05d7\u05d5\u05dc\u05d4 \u05e1\u05d5\u05d1\u05dc \u05de gout.",
            "gout",
        ),
        (
            "\u0627\u0644\u0645\u0631\u064a\u0636 \u062d\u0645\u0649",
            "\u062d\u0645\u0649",
        ),
        ("A\u200bb zero\u200dwidth\ufeff gout.", "gout"),
        ("e\u0301 a\u0308rger\u00a0\u2028gout.", "gout"),
        ("12, \U0001e900\U0001e901 gout.", "gout"),
        ("\t\ttabs  and   blanks   gout   .", "gout"),
    ],
    ids=[
        "crlf",
        "cr",
        "emoji",
        "hebrew",
        "arabic",
        "zero",
        "combining",
        "adlam",
        "blanks",
    ],
)
def test_offsets_are_those_of_python(
    driver: Any, tmp_path: Path, text: str, word: str
) -> None:
    review = make_review(tmp_path, [example(text, id="a"), example("B.", id="b")])
    with running(review) as address:
        page = open_page(driver, address)
        page.mark(word)
        page.press("2", "a")
        page.said("Saved: accept a")
        # What was saved is drawn at the same place.
        page.press("b")
        page.at("a")
        assert page.mentions() == [f"DISEASE: {word}"]
        assert page.text("#text") == text
        letter = next(x for x in text if x.isalpha())
        turned = "rtl" if bidirectional(letter) in ("R", "AL") else "ltr"
        assert page.one("#text").get_attribute("dir") == turned
        assert page.faults() == []
    (entity,) = last(review)["after"]["entities"]
    assert text[entity["start"] : entity["end"]] == entity["text"] == word


def test_markup_in_labels_and_names_stays_text(driver: Any, tmp_path: Path) -> None:
    given = example("Iron eased gout.", id="a")
    mention = Entity(start=0, end=4, label=MARKUP, text="Iron")
    labels = {HTML: Label(definition=HTML), "DISEASE": Label(definition=MARKUP)}
    review = make_review(
        tmp_path,
        [given.model_copy(update={"entities": (mention,), "meta": {"kind": HTML}})],
        schema=Schema(labels, {}, words),
        title=HTML,
        guidelines=f"# {HTML}\n\n{MARKUP}",
        queue={"a": [f"text: {MARKUP}"]},
    )
    with running(review) as address:
        page = open_page(driver, address)
        assert page.mentions() == [f"{MARKUP}: Iron"]
        assert f"{MARKUP} is no label of the domain" in page.text("#problems")
        for shown in ("#title", "#labels", "#guidelines", "#asked"):
            assert HTML in page.text(shown), shown
        assert page.text("#reasons") == f"text: {MARKUP}"
        page.press(".", "1", "a")
        page.said("All examples")
        assert not page.all("body img, body script") and driver.title != "owned"
        assert page.faults() == []
    assert last(review)["after"]["entities"][0]["label"] == HTML


def test_an_empty_text_can_be_decided(driver: Any, tmp_path: Path) -> None:
    review = make_review(tmp_path, [Example(id="a", text=""), example("B.", id="b")])
    with running(review) as address:
        page = open_page(driver, address)
        page.press(Keys.ARROW_RIGHT, "1", ".", "r", "[", "x", "l")
        assert page.text("#text") == ""
        page.press("d")
        page.said("Saved: reject a")
        assert page.faults() == []


def test_sixty_long_labels_are_all_reached_by_keys(driver: Any, tmp_path: Path) -> None:
    names = [f"LABEL_{i:02}_" + "VERY_LONG" * (i % 5) for i in range(60)]
    labels = {name: Label(definition=f"number {name}") for name in names}
    review = make_review(
        tmp_path,
        [example("Iron eased gout.", id="a")],
        schema=Schema(labels, {}, words),
    )
    with running(review) as address:
        page = open_page(driver, address)
        assert len(page.all("#labels button")) == 60
        assert page.one("#labels").rect["height"] < 150
        page.mark("gout")
        page.press("l")
        page.one("#filter").send_keys("label_47")
        page.settle()
        picture(driver, "desktop-labels")
        page.one("#filter").send_keys(Keys.ENTER)
        page.said(f"Added {names[47]}: gout")
        wide = driver.execute_script(
            "return document.documentElement.scrollWidth - innerWidth"
        )
        assert wide <= 0
        picture(driver, "desktop-long-label")
        assert page.faults() == []


def test_five_hundred_mentions_and_a_relation_with_itself(
    driver: Any, tmp_path: Path
) -> None:
    text = "Iron eased gout. " * 250
    entities = [
        Entity(start=17 * i + at, end=17 * i + end, label=label, text=words_)
        for i in range(250)
        for at, end, label, words_ in (
            (0, 4, "CHEMICAL", "Iron"),
            (11, 15, "DISEASE", "gout"),
        )
    ]
    relations = [
        Relation(head=2 * i, tail=2 * i + 1, label="TREATS") for i in range(250)
    ]
    relations.append(Relation(head=0, tail=0, label="NEAR"))
    given = Example(id="a", text=text, entities=entities, relations=relations)
    review = make_review(tmp_path, [given])
    with running(review) as address:
        page = open_page(driver, address)
        page.wait(lambda: "NEAR joins a mention with itself" in page.text("#problems"))
        assert not page.one("#accept").is_enabled()
        page.press("a")
        assert not review.log.path.exists()
        for _ in range(2):  # all of the list, then its last
            driver.execute_script(
                "document.querySelector('#relations li:last-child button').click()"
            )
            page.settle()
        page.press("x")
        page.wait(lambda: page.one("#accept").is_enabled())
        page.press("a")
        page.said("All examples")
        assert page.faults() == []
    left = Annotation(entities=entities, relations=relations[:-1])
    assert Annotation.model_validate(last(review)["after"]) == left


def test_labels_of_arcs_cover_no_mention(driver: Any, tmp_path: Path) -> None:
    gap = "of a man who was old and ill, and whose course was long and hard, " * 2
    text = (
        f"<CHEMICAL id=1>Iron</CHEMICAL> {gap} <DISEASE id=2>gout</DISEASE> {gap} "
        f"<CHEMICAL id=3>zinc</CHEMICAL> {gap} <DISEASE id=4>ague</DISEASE>."
    )
    links = [(1, "TREATS", 2), (3, "TREATS", 2), (1, "CAUSES", 4), (3, "CAUSES", 4)]
    review = make_review(tmp_path, [example(text, *links, id="a")])
    with running(review) as address:
        page = open_page(driver, address)
        page.wait(lambda: len(page.all("#arcs text")) == 4)
        covered = driver.execute_script(
            """
            const boxes = (x) => [...document.querySelectorAll(x)].flatMap(
              (e) => [...e.getClientRects()]);
            return boxes('#arcs text').flatMap((a) => boxes('#text mark').filter(
              (b) => a.left < b.right && b.left < a.right
                && a.top + 3 < b.bottom && b.top < a.bottom - 3)).length;
            """
        )
        assert covered == 0
