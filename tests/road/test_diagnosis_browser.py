"""The page of a diagnosis in a browser: nothing fetched, every error a click away."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE
from tests.builders.browser import WIDTHS, browser, needs_chromium
from tests.builders.gaps import GAPS, make_corpus, make_gap_cases

from phantom.evaluation.diagnosis.diagnose import Diagnoser
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.reports.diagnosis.html import to_html

pytestmark = [needs_chromium, pytest.mark.slow]
FETCHED = (
    "return performance.getEntriesByType('resource').map(x => x.name)"
    ".filter(x => !x.startsWith('data:'))"
)
WIDE = "return document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = load_pack(MEDICINE)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    dev, training = (make_corpus(80, seed, pack) for seed in (1, 2))
    diagnoser = Diagnoser(pack, dataset, load_language("en", MEDICINE), training)
    cases = make_gap_cases(GAPS["a relation"][0], dev, pack)
    path = tmp_path_factory.mktemp("page") / "diagnosis.html"
    path.write_text(to_html(diagnoser(cases, "dev")), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", WIDTHS)
def test_opens_from_disk_and_leads_to_each_error(page: Path, width: str) -> None:
    with browser(width) as driver:
        driver.get(page.as_uri())
        assert driver.execute_script(FETCHED) == []
        assert driver.execute_script(WIDE) <= 0
        link = driver.find_element("css selector", "p.links a")
        target = link.get_attribute("href").partition("#")[2]
        driver.execute_script("arguments[0].click()", link)
        error = driver.find_element("id", target)
        # Folded up until a person opens it.
        if not error.get_property("open"):
            error.find_element("css selector", "summary").click()
        sides = error.text
        assert "gold" in sides and "predicted" in sides
        assert error.find_elements("css selector", "mark")
        assert driver.get_log("browser") == []
