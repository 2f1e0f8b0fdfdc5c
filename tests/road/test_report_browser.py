"""The report in a real browser: nothing fetched, nothing wrong, tables that sort."""

import http.server
import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.packs import config_of, make_context

from phantom.checks.engine.run import run_checks
from phantom.reports.quality import build_report, to_html

CHROMIUM = next(
    (
        p
        for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
        if p
    ),
    None,
)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here; apt-get install chromium"
)
PROBE = """
<script>
window.addEventListener("load", function () {
  var button = document.querySelectorAll("th.n button")[0];
  var table = button.closest("table");
  var column = Array.prototype.indexOf.call(
    button.closest("tr").children, button.parentElement);
  function values() {
    return Array.from(table.tBodies[0].rows).map(
      function (row) { return row.cells[column].dataset.value; });
  }
  button.click(); var up = values();
  button.click(); var down = values();
  var wide = document.documentElement.scrollWidth - window.innerWidth;
  document.title = JSON.stringify({
    up: up, down: down, wide: wide, svg: document.querySelectorAll("svg").length,
    fetched: performance.getEntriesByType("resource").map(function (e) {
      return e.name; }).filter(function (n) { return !n.startsWith("data:"); })
  });
});
</script>
"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    context = make_context(tmp_path)
    corpus = [
        example(
            "<CHEMICAL id=1>Zolpin</CHEMICAL> relieves <DISEASE id=2>asthma</DISEASE>.",
            (1, "TREATS", 2),
            id="a",
        ),
        example("<DISEASE id=1>The asthma</DISEASE> was mild.", id="b"),
        example("Mail jane.roe@clinic.org of the asthma.", id="c"),
        *(example(f"A woman of {i} had gout.", id=f"w{i}") for i in range(20, 40)),
    ]
    names = ("pii", "template_clones", "boundaries", "people", "quotas", "diversity")
    result = run_checks(corpus, context, config_of(context, *names))
    return to_html(build_report(result, "Tiny"))


def browse(address: str, profile: Path, width: int) -> tuple[dict[str, object], str]:
    """Load a page. RETURNS: what the probe saw, and Chromium's console lines."""
    assert CHROMIUM is not None
    command = [
        CHROMIUM,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--user-data-dir={profile}",
        f"--window-size={width},900",
        "--enable-logging=stderr",
        "--virtual-time-budget=3000",
        "--dump-dom",
        address,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    title = done.stdout.partition("<title>")[2].partition("</title>")[0]
    lines = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    seen = json.loads(title.replace("&quot;", '"').replace("&amp;", "&"))
    return seen, "\n".join(lines)


@needs_browser
def test_page_opens_from_disk_without_errors_or_requests(
    page: str, tmp_path: Path
) -> None:
    path = tmp_path / "quality.html"
    path.write_text(page.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    seen, console = browse(path.as_uri(), tmp_path / "profile", 1280)
    assert console == ""
    assert seen["fetched"] == []
    up, down = (list(map(float, seen[k])) for k in ("up", "down"))  # type: ignore[call-overload]
    assert up == sorted(up) and down == sorted(down, reverse=True)
    assert len(set(up)) > 1
    assert int(str(seen["svg"])) >= 2


@needs_browser
def test_server_sees_one_request_and_phone_needs_no_sideways_scroll(
    page: str, tmp_path: Path
) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.replace("</body>", PROBE + "</body>").encode())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        seen, console = browse(address, tmp_path / "profile", 500)
    finally:
        server.shutdown()
    assert asked == ["/"]
    assert console == ""
    assert int(str(seen["wide"])) <= 0


def test_page_names_no_other_address(page: str) -> None:
    for mark in ('src="http', "src='http", 'href="http', "url(", "@import", "fetch("):
        assert mark not in page.replace('url("#', "").replace("url(#", "")
