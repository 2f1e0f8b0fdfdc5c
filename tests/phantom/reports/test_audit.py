"""The page of an audit."""

from pathlib import Path

from tests.builders.audits import audit, make_cases

from phantom.reports.audit.html import to_html


def test_the_page_shows_gaps_and_names_small_groups(tmp_path: Path) -> None:
    cases, metadata = make_cases(
        200, lambda *of: of[0] == "male" or of[-1] < 0.3, lambda *_: False
    )
    for name in list(metadata)[:3]:
        metadata[name]["region"] = "<island>"
    found = audit(tmp_path, cases, metadata, resamples=200)
    page = to_html(found)
    assert "<script" not in page and "<island>" not in page
    assert "&lt;island&gt; (3)" in page
    assert page.count("<svg") > 3
    assert 'class="dot bad"' in page
    assert "sex = female" in page
