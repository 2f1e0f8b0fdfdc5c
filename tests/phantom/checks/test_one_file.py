"""A check is one file: its findings, measures, plots and hints go everywhere."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import catalogue
import pytest
from tests.builders import ROOT, example
from tests.builders.packs import make_context, make_pack

from phantom.checks import Measure, Plot, Point
from phantom.checks.engine.run import run_checks
from phantom.feedback.from_checks import keep_hints
from phantom.jsonl import write_jsonl
from phantom.registry import phantom_registry
from phantom.reports.quality import build_report, to_html, to_markdown

OUTSIDE = '''
from phantom.checks import Finding, Hint, Measure, Plot, Point

def vowels(corpus, context, *, letter: str = "a", most: float = 0.1):
    """Passages full of one vowel."""
    counts = {e.id: e.text.count(letter) for e in corpus}
    points = [Point(label=k, value=v, marked=v > 2) for k, v in counts.items()]
    plot = Plot(kind="bars", title="Vowels of the passages", points=points)
    yield Measure(name="vowels", value=sum(counts.values()), plot=plot,
                  giveaways=["Vowels everywhere."])
    yield Hint(text="Use fewer vowels.", size=2, about="vowels", from_real=False)
    for id, count in counts.items():
        if count > 2:
            yield Finding(ids=(id,), severity="warning", reason="many", detail="many")
'''
CORPUS = [example("A banana and a canal.", id="x"), example("Mild.", id="y")]


@pytest.fixture
def vowels() -> Iterator[None]:
    space: dict[str, object] = {}
    exec(OUTSIDE, space)
    phantom_registry.phantom_checks.register("vowels", func=space["vowels"])
    yield
    del catalogue.REGISTRY["phantom", "checks", "vowels"]


def test_what_a_new_check_yields_is_reported(vowels: None, tmp_path: Path) -> None:
    context = make_context(tmp_path, "checks: {vowels: {letter: a}}")
    assert list(context.config.checks)[-1] == "vowels"
    only = {"vowels": context.config.checks["vowels"]}
    config = context.config.model_copy(update={"checks": only})
    result = run_checks(CORPUS, context, config)
    assert [f.check for f in result.findings] == ["vowels"]
    report = build_report(result, "Tiny")
    # "banana" 3, "and" 1, "a" 1, "canal" 2, and a capital.
    assert [m["value"] for m in report["measures"]] == [7.0]
    assert "Vowels of the passages" in to_html(report)
    assert "- Vowels everywhere." in to_markdown(report)
    (hint,) = keep_hints(result.hints).hints
    assert (hint.check, hint.text) == ("vowels", "Use fewer vowels.")


def test_a_plot_is_shared_by_title(tmp_path: Path) -> None:
    def both(corpus: object, context: object) -> Iterator[Measure]:
        for name in ("left", "right"):
            points = [Point(label=name, value=0.5, low=0.4, high=0.6)]
            plot = Plot(kind="intervals", title="Both sides", points=points)
            yield Measure(name=name, value=1.0, plot=plot)

    phantom_registry.phantom_checks.register("both", func=both)
    context = make_context(tmp_path)
    config = context.config.model_copy(update={"checks": {"both": {}}})
    page = to_html(build_report(run_checks(CORPUS, context, config), "Tiny"))
    del catalogue.REGISTRY["phantom", "checks", "both"]
    assert page.count("Both sides") == 1
    assert ">left<" in page and ">right<" in page


def test_a_misspelt_setting_of_a_new_check_is_named(
    vowels: None, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="checks.yml: checks.vowels: 'leter' .*letter"):
        make_context(tmp_path, "checks: {vowels: {leter: a}}")


@pytest.mark.slow
def test_the_step_runs_a_check_of_another_package(tmp_path: Path) -> None:
    """A distribution with an entry point is enough; no file of ours names it."""
    site = tmp_path / "site"
    info = site / "vowel_checks-0.1.dist-info"
    info.mkdir(parents=True)
    (site / "vowel_checks.py").write_text(OUTSIDE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vowel-checks\n")
    (info / "entry_points.txt").write_text(
        "[phantom_checks]\nvowels = vowel_checks:vowels\n"
    )
    pack = make_pack(tmp_path, "checks: {vowels: {letter: a}}")
    write_jsonl(tmp_path / "accepted.jsonl", CORPUS)
    call = [sys.executable, str(ROOT / "scripts/check.py"), str(pack.path)]
    call += [str(tmp_path / x) for x in ("accepted.jsonl", "out", "metrics")]
    paths = os.pathsep.join([str(site), str(ROOT / "scripts")])
    done = subprocess.run(
        [*call, "--no-model"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "metrics/quality.json").read_text())
    assert {"vowels"} == {m["check"] for m in report["measures"]} & {"vowels"}
    hints = json.loads((tmp_path / "out/hints.json").read_text())["hints"]
    assert "Use fewer vowels." in {hint["text"] for hint in hints}
    assert "Vowels of the passages" in (tmp_path / "metrics/quality.html").read_text()
