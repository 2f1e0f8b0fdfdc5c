"""A page in a real browser, with what a person does on it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium here")
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no Chromium here; apt-get install chromium chromium-driver",
)
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
AXE = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))
NO_AXE = "no axe-core; npm install axe-core, or name it in AXE"


class Page:
    """The page in a browser, with what a person does on it."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver = driver
        self.address = address
        driver.get(address)

    def one(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return self.driver.execute_script(
            "return document.querySelector(arguments[0]).textContent", selector
        )

    def wait(self, check: Callable[[], Any], seconds: float = 8) -> Any:
        end = time.monotonic() + seconds
        while True:
            found = check()
            if found:
                return found
            if time.monotonic() > end:
                said = self.text("#status")
                raise AssertionError(f"waited in vain; the page says {said!r}")
            time.sleep(0.05)

    def enter(self, name: str) -> None:
        """Say who one is, where the page asks."""
        self.wait(lambda: self.one("#name").is_displayed())
        self.one("#annotator").clear()
        self.one("#annotator").send_keys(name, Keys.ENTER)
        self.wait(lambda: not self.one("#name").is_displayed())
        self.at("")

    def settle(self) -> None:
        """Wait until nothing is asked of the server and the lists are drawn."""
        self.wait(lambda: not self.all("[aria-busy=true]"))
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => setTimeout(() => setTimeout(done)));"
        )

    def work(self) -> float:
        """Seconds that the page's main thread has computed, whatever else ran."""
        self.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        found = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        seconds = {row["name"]: row["value"] for row in found}["TaskDuration"]
        return float(seconds)

    def at(self, example_id: str) -> None:
        self.wait(lambda: f"· {example_id}" in self.text("#where"))
        self.settle()

    def press(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()
            self.settle()

    def mark(self, words: str) -> None:
        """Select words of the text as a pointer does."""
        found = self.driver.execute_script(
            """
            const walk = document.createTreeWalker(
              document.getElementById('text'), NodeFilter.SHOW_TEXT);
            for (let n = walk.nextNode(); n; n = walk.nextNode()) {
              const at = n.data.indexOf(arguments[0]);
              if (at < 0) continue;
              getSelection().setBaseAndExtent(n, at, n, at + arguments[0].length);
              return true;
            }
            return false;
            """,
            words,
        )
        assert found, words

    def mentions(self) -> list[str]:
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#text mark')]"
            ".map((mark) => mark.getAttribute('aria-label'))"
        )

    def said(self, words: str) -> None:
        self.wait(lambda: words in self.text("#status"))
        self.settle()

    def faults(self) -> list[Any]:
        """Console lines, and requests that went anywhere else."""
        host = self.address.partition("/enter")[0]
        asked = self.driver.execute_script(
            "return performance.getEntriesByType('resource').map((e) => e.name)"
        )
        lines = self.driver.get_log("browser")
        return [*lines, *(name for name in asked if not name.startswith(host))]


@contextmanager
def browser(width: str, dark: bool = False) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    size = ",".join(map(str, WIDTHS[width]))
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu"]
    flags += ["--disable-dev-shm-usage", f"--window-size={size}"]
    for flag in flags + ["--force-dark-mode"] * dark:
        options.add_argument(flag)
    if width == "phone":
        metrics = {"width": 390, "height": 844, "pixelRatio": 2.0}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.chrome.service.Service(DRIVER)
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def picture(driver: Any, name: str) -> None:
    """Keep what is seen, if someone wants to look at it."""
    folder = os.environ.get("REVIEW_PICTURES")
    if folder:
        driver.save_screenshot(str(Path(folder) / f"{name}.png"))


def scan(driver: Any) -> list[Any]:
    """Serious and critical violations that axe-core finds on the page as it is."""
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    result = driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; axe.run().then(done);"
    )
    return [
        (item["id"], [node["html"] for node in item["nodes"]][:3])
        for item in result["violations"]
        if item["impact"] in ("serious", "critical")
    ]


def open_page(driver: Any, address: str, example_id: str = "a") -> Page:
    """The page as ann sees it, at an example."""
    driver.get_log("browser")  # what tests before left there
    page = Page(driver, address)
    page.enter("ann")
    page.at(example_id)
    return page
