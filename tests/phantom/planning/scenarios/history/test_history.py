"""Series: read, varied, described, fitted."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.builders import FINANCE

from phantom.planning.scenarios.history import moments, series, vary
from phantom.planning.scenarios.history.calibrate import Calibrated, calibrate
from phantom.planning.scenarios.history.likelihood import (
    filter_returns,
    from_point,
    to_point,
)
from phantom.planning.scenarios.market.prices import (
    draw_surprises,
    follow,
    next_variance,
    simulate_returns,
)
from phantom.planning.scenarios.market.settings import PriceSettings

ENERGY = FINANCE / "scenarios" / "energy.csv"
PRICES = [100.0 * 1.01**i for i in range(300)]


def write_csv(path: Path, cells: list[str]) -> Path:
    text = "\n".join(["day,close", *(f"{i},{cell}" for i, cell in enumerate(cells))])
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_prices_become_log_returns(tmp_path: Path, name: str) -> None:
    cells = [str(price) for price in PRICES]
    cells[7] += "\nholiday,"  # a day without a price
    returns = series.read_returns(write_csv(tmp_path / name, cells), "close")
    assert len(returns) == 299 and returns == pytest.approx(np.log(1.01))


def test_returns_are_taken_as_shares(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["0.01"] * 300)
    returns = series.read_returns(path, "close", "return")
    assert returns == pytest.approx(np.log(1.01))


def test_parquet_reads_as_csv_does(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"close": [*PRICES, None]}), path)
    assert series.read_returns(path, "close") == pytest.approx(np.log(1.01))
    with pytest.raises(ValueError, match="no column 'open'; it has close"):
        series.read_returns(path, "open")


@pytest.mark.parametrize(
    ("cells", "kind", "message"),
    [
        (["1", "x"], "price", r"a.csv:3: close: 'x' is no number"),
        (["1", "-3"], "price", "prices are above 0"),
        (["2", "-3"], "return", "not percent"),
        (["1", "2"], "price", "1 returns of days on which close has a value"),
        (["1"], "level", "use price or return"),
    ],
)
def test_what_is_no_series_is_named(
    tmp_path: Path, cells: list[str], kind: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        series.read_returns(write_csv(tmp_path / "a.csv", cells), "close", kind)


def test_scaled_volatility_keeps_the_mean() -> None:
    returns = np.array([0.01, -0.02, 0.04])
    scaled = vary.scale_volatility(returns, 2.0)
    assert scaled.mean() == pytest.approx(0.01)
    assert scaled == pytest.approx([0.01, -0.05, 0.07])


def test_blocks_keep_what_follows_each_other() -> None:
    returns = np.arange(5_000, dtype=float)
    drawn = vary.block_bootstrap(returns, 50, seed=1)
    assert set(drawn) < set(returns) and len(drawn) == 5_000
    following = (np.diff(drawn) % 5_000) == 1
    # One day in fifty begins a block.
    assert following.mean() == pytest.approx(0.98, abs=0.01)
    assert (drawn == vary.block_bootstrap(returns, 50, seed=1)).all()
    assert (drawn != vary.block_bootstrap(returns, 50, seed=2)).any()


def test_regimes_are_mixed_in_the_share_that_is_asked_for() -> None:
    rng = np.random.default_rng(0)
    calm, wild = rng.normal(0, 0.01, 3_000), rng.normal(0, 0.05, 3_000)
    returns = np.concatenate([calm, wild])
    for share in (0.2, 0.8):
        mixed = vary.mix_regimes(returns, share, stay=40, seed=3)
        wanted = share * 0.05**2 + (1 - share) * 0.01**2
        assert mixed.var() == pytest.approx(wanted, rel=0.25)
        assert moments.clustering(mixed) > 0.03


@pytest.mark.parametrize(
    "call",
    [
        lambda r: vary.scale_volatility(r, 0),
        lambda r: vary.block_bootstrap(r, 0, 1),
        lambda r: vary.mix_regimes(r, 1.0, 5, 1),
    ],
)
def test_settings_without_sense_are_refused(call: object) -> None:
    with pytest.raises(ValueError):
        call(np.zeros(100))  # type: ignore[operator]


def test_facts_of_series_whose_facts_are_known() -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(20_000)
    assert moments.kurtosis(noise) == pytest.approx(0, abs=0.15)
    assert moments.tail_ratio(noise) == pytest.approx(0, abs=0.1)
    assert moments.clustering(noise) == pytest.approx(0, abs=0.01)
    swings = np.repeat([1.0, 4.0] * 100, 100)
    assert moments.clustering(noise * swings) > 0.2
    assert moments.kurtosis(noise * swings) > 1
    # A fall makes the next day larger.
    after_fall = np.where(np.roll(noise, 1) < -1, 3.0, 1.0)
    assert moments.leverage(noise * after_fall, days=1) < -0.1
    pair = [noise, 0.5 * noise + 0.75**0.5 * rng.standard_normal(20_000)]
    assert moments.cross_correlation(pair) == pytest.approx(0.5, abs=0.02)
    # The second does a day later what the first did.
    late = [noise, np.roll(noise, 1)]
    assert moments.lagged_correlations(late, 1) == pytest.approx([1], abs=1e-3)
    assert moments.lagged_correlations(late, 0) == pytest.approx([0], abs=0.02)
    assert moments.lagged_correlations(late, -1) == pytest.approx([0], abs=0.02)


@pytest.fixture(scope="module")
def fitted_to_energy() -> Calibrated:
    """What the shipped series gives."""
    pytest.importorskip("arch", reason="the extra `simulate` is not installed")
    together = series.read_together(ENERGY, ["wti", "brent", "gas"])
    return calibrate(series.read_returns(ENERGY, "wti"), together=together)


@pytest.mark.slow
def test_the_shipped_series_and_what_was_fitted_to_it(
    fitted_to_energy: Calibrated,
) -> None:
    """The kernel with the fitted parameters, beside ten years of oil prices."""
    history, fitted = series.read_returns(ENERGY, "wti"), fitted_to_energy.prices
    simulated = [simulate_returns(fitted, len(history), seed) for seed in range(8)]
    rows = moments.compare(history, simulated, draws=100)
    assert all(row.right_sign for row in rows), rows
    assert sum(row.inside for row in rows) >= 5, rows
    # Ten moments that are as far away as chance has them.
    assert fitted_to_energy.distance < 20
    # Mean of the three correlations, by hand from the file.
    assert fitted.together == pytest.approx(0.2415, abs=1e-3)


@pytest.mark.slow
def test_the_pack_has_what_is_fitted_to_its_series(
    fitted_to_energy: Calibrated,
) -> None:
    (entry,) = yaml.safe_load((FINANCE / "scenarios.yml").read_text())["scenarios"]
    shipped = PriceSettings(**entry["market"]["prices"])
    for name, value in fitted_to_energy.prices.model_dump().items():
        assert getattr(shipped, name) == pytest.approx(value, abs=1e-3), name


KNOWN = PriceSettings(
    noise=0.012, alarm=0.08, fear=0.18, memory=0.74, tail=6, momentum=0.5, pull=0.12
)


def test_days_are_expected_as_the_kernel_makes_them() -> None:
    """Without pull, nothing is hidden: what is left of a day is its news."""
    prices = KNOWN.model_copy(update={"pull": 0.0})
    news, drift = draw_surprises(prices, 300, seed=0)
    returns = follow(news, drift, prices.momentum, 0.0)
    found = filter_returns(returns.tolist(), to_point(prices))
    assert found.surprises == pytest.approx(news)
    # Tomorrow's variance from today's news, as in the market.
    assert found.variances[0] == pytest.approx(prices.noise**2)
    after = next_variance(prices.noise**2, news[0], prices)
    assert found.variances[1] == pytest.approx(after)
    # Where the value is not seen, more is unsure than the news alone.
    hidden = filter_returns(returns.tolist(), to_point(KNOWN))
    assert (hidden.variances[1:50] > 0).all() and hidden.variances[0] > 1.44e-4


def test_points_are_settings_and_back() -> None:
    again = from_point(to_point(KNOWN)).model_dump()
    assert again == pytest.approx(KNOWN.model_dump())


@pytest.mark.slow
def test_known_parameters_are_recovered() -> None:
    pytest.importorskip("arch", reason="the extra `simulate` is not installed")
    days = 40_000
    fitted = calibrate(simulate_returns(KNOWN, days, seed=1))
    for name, error in fitted.errors.items():
        known, found = getattr(KNOWN, name), getattr(fitted.prices, name)
        assert found == pytest.approx(known, rel=0.1), name
        # The error that it states is one that it makes.
        assert abs(found - known) < 3.5 * error, name


def test_series_of_the_same_days_are_compared_by_their_correlation(
    tmp_path: Path,
) -> None:
    chance = np.random.default_rng(0)
    joint = chance.normal(0, 0.01, 600)
    # Half of the variance is shared: correlations of 0.5.
    returns = [joint + chance.normal(0, 0.01, 600) for _ in range(3)]
    prices = 100 * np.exp(np.cumsum(returns, axis=1))
    lines = [",".join(f"{x:.12g}" for x in row) for row in prices.T]
    # A day on which one has no price is left out for all.
    lines.insert(300, "100,,100")
    path = tmp_path / "three.csv"
    path.write_text("\n".join(["a,b,c", *lines]) + "\n")
    read = series.read_together(path, ["a", "b", "c"])
    assert np.allclose(read, np.array(returns)[:, 1:], atol=1e-9)
    apart = [chance.normal(0, 0.01, 600) for _ in range(4)]
    row = moments.compare_cross(read, returns, draws=40)
    assert row.inside and row.right_sign and row.low < 0.5 < row.high
    assert row.simulated == pytest.approx(row.history, abs=0.01)
    assert not moments.compare_cross(read, apart, draws=40).inside
    path.write_text("\n".join(["a,b,c", *lines[:200]]) + "\n")
    with pytest.raises(ValueError, match="199 returns of days on which a, b has"):
        series.read_together(path, ["a", "b"])
