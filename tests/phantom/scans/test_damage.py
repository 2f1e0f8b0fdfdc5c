"""Wear: boxes follow the page, paper and light do what they should."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from phantom.scans.damage import move_boxes, wear_out
from phantom.scans.wear import LEVELS, WEAR, Wear

BOX = (300, 200, 500, 260)


def page() -> Image.Image:
    paper = Image.new("L", (800, 600), 255)
    ImageDraw.Draw(paper).rectangle(BOX, fill=0)
    return paper


def draw() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("wear", [Wear(skew=3.0), Wear(tilt=0.1), Wear(2.0, 0.05)])
def test_boxes_follow_the_page(wear: Wear) -> None:
    worn = wear_out(page(), wear, draw())
    (corners,) = move_boxes([BOX], worn.matrix)
    assert corners != move_boxes([BOX], np.eye(3))[0]
    mask = Image.new("L", worn.image.size, 0)
    ImageDraw.Draw(mask).polygon([tuple(x) for x in corners], fill=255)
    inside = np.asarray(worn.image)[np.asarray(mask) > 0]
    # All ink is within, but for the pixels of its edge.
    assert (inside < 128).mean() > 0.97
    assert (np.asarray(worn.image) < 128).sum() == pytest.approx(len(inside), rel=0.05)


def test_nothing_happens_without_wear() -> None:
    worn = wear_out(page(), Wear(quality=100), draw())
    gray = np.asarray(worn.image, int)
    assert np.abs(gray - np.asarray(page(), int)).max() <= 2
    assert np.allclose(worn.matrix, np.eye(3))


@pytest.mark.parametrize(
    ("wear", "darker", "lighter"),
    [
        # The mirrored box shows through on the other side, up to its shift.
        (Wear(through=0.3), (slice(240, 265), slice(330, 480)), None),
        (Wear(contrast=0.4), (slice(0, 100), slice(0, 800)), BOX),
        (Wear(folds=1), (slice(0, 600), slice(0, 200)), None),
        (Wear(shadow=0.5), (slice(0, 600), slice(0, 200)), None),
    ],
)
def test_paper_and_light(wear: Wear, darker: tuple, lighter: tuple | None) -> None:
    clean = np.asarray(page(), float)
    gray = np.asarray(wear_out(page(), wear._replace(quality=95), draw()).image, float)
    assert gray[darker].min() < clean[darker].min() - 20 or (
        clean[darker].min() == 0 and gray.mean() < clean.mean()
    )
    if lighter:
        left, top, right, bottom = lighter
        assert gray[top + 5 : bottom - 5, left + 5 : right - 5].mean() > 60


def test_a_fax_is_black_and_white_and_drops_rows() -> None:
    worn = wear_out(page(), Wear(bilevel=True, streaks=60), draw())
    assert (worn.image.mode, worn.suffix) == ("1", ".png")
    assert worn.data.startswith(b"\x89PNG")
    rows = np.asarray(worn.image)[BOX[1] + 2 : BOX[3] - 2, BOX[0] + 5 : BOX[2] - 5]
    assert 0 < rows.all(axis=1).sum() < len(rows) / 2


@pytest.mark.parametrize("device", WEAR)
def test_a_higher_level_is_worse(device: str) -> None:
    assert len(WEAR[device]) == len(LEVELS)
    for before, after in zip(WEAR[device], WEAR[device][1:], strict=False):
        for name in ("skew", "coarse", "blur", "noise", "specks", "contrast"):
            assert getattr(before, name) <= getattr(after, name), name
        assert before.quality >= after.quality
