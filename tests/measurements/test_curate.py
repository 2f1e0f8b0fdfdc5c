"""The corpora that the speed of the checks is measured on, and its arithmetic."""

import importlib.util
import sys

import pytest
from grown import grow, grow_words
from recorded import read_recorded
from tests.builders import ROOT

# By its path, since a step is called curate too.
spec = importlib.util.spec_from_file_location(
    "curate_benchmark", ROOT / "measurements" / "curate.py"
)
assert spec is not None and spec.loader is not None
benchmark = importlib.util.module_from_spec(spec)
spec.loader.exec_module(benchmark)


@pytest.mark.slow
def test_grown_examples_are_sound_and_mostly_new() -> None:
    recorded = read_recorded()[:60]
    grown = list(grow(recorded, 240))
    assert len({x.id for x in grown}) == 240
    for x in grown:
        for entity in x.entities:
            assert x.text[entity.start : entity.end] == entity.text
    assert len({x.text for x in grown}) == 240
    assert [x.text for x in grow(recorded, 240)] == [x.text for x in grown]
    assert len(list(grow_words(recorded, 100))) == 100


def test_growth_is_the_slope_of_the_logarithms() -> None:
    linear = [{"texts": n, "seconds": n / 1000} for n in (10**4, 10**5, 10**6)]
    square = [{"texts": n, "seconds": (n / 1000) ** 2} for n in (10**4, 10**5)]
    assert benchmark.growth(linear) == pytest.approx(1.0)
    assert benchmark.growth(square) == pytest.approx(2.0)


@pytest.mark.slow
def test_near_duplicates_of_the_benchmark_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = read_recorded()[:100]
    monkeypatch.setattr(benchmark, "read_recorded", lambda: few)
    # Every twentieth text differs from its source in one word: 40 of five sources.
    assert benchmark.time_near(4000)["pairs"] >= 20


@pytest.mark.parametrize("package", ["datasketch", "rensa"])
def test_a_missing_rival_explains_itself(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert (
        f"pip install {package}" in getattr(benchmark, f"time_{package}")(10)["skipped"]
    )
