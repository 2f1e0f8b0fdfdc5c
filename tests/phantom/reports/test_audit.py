"""The page of an audit."""

from pathlib import Path

from tests.builders.audits import audit, make_cases

from phantom.evaluation.audit.records import Audit, Flip
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


def test_swaps_are_shown_all_together_first(tmp_path: Path) -> None:
    common = {"dimension": "sex", "task": "entities", "passages": 30, "changed": 2}
    common |= {"predictions": 40, "low": 0.01, "high": 0.2}
    flips = [
        Flip(**common, old="", new="", label="all", flips=8),
        Flip(**common, old="", new="", label="PET", flips=6),
        Flip(**common, old="female", new="male", label="all", flips=4),
    ]
    nothing: dict = {"scores": {}, "cells": [], "spreads": [], "parity": []}
    one = Audit(domain="pets", source="x", origin="public", documents=9, **nothing)
    page = to_html(one.model_copy(update={"flips": flips}))
    whole, labels, pairs = page.split("<summary>")[:3]
    assert "8 of 40" in whole and "20.0" in whole and "6 of 40" not in whole
    assert labels.startswith("By label") and "<td>PET</td>" in labels
    assert pairs.startswith("By pair") and "sex: female to male" in pairs
