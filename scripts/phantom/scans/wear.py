"""How bad a page is, by the device that took it and by level."""

from typing import NamedTuple


class Wear(NamedTuple):
    """What happens to a page; zero leaves it as it is.

    skew (float): Degrees it is turned by, one standard deviation.
    tilt (float): By how much of the page its corners stray, one standard deviation.
    coarse (Tuple[float, float]): Times by which it is made smaller, across and down.
    blur (float): Radius in pixels.
    noise (float): Standard deviation of the gray value.
    specks (float): Share of the pixels that are black.
    contrast (float): Share of the range between ink and paper that is lost.
    shadow (float): By how much of the range the light falls off over the page.
    through (float): Darkness of the back that is seen through the paper.
    folds (int): Lines along which the paper was folded.
    streaks (int): Rows that a fax drops.
    bilevel (bool): Whether there is but black and white.
    quality (int): Of the JPEG.
    """

    skew: float = 0.0
    tilt: float = 0.0
    coarse: tuple[float, float] = (1.0, 1.0)
    blur: float = 0.0
    noise: float = 0.0
    specks: float = 0.0
    contrast: float = 0.0
    shadow: float = 0.0
    through: float = 0.0
    folds: int = 0
    streaks: int = 0
    bilevel: bool = False
    quality: int = 90


# Levels 1 to 3, such that Tesseract misreads more and more characters;
# measurements/scans.py says how many.
WEAR: dict[str, tuple[Wear, Wear, Wear]] = {
    "scanner": (
        Wear(0.2, 0, (2.9, 2.9), 0.4, 3, 0.0001, 0.1, 0.0, 0.03, quality=70),
        Wear(0.25, 0, (3.2, 3.2), 0.4, 3, 0.0001, 0.11, 0.02, 0.03, quality=65),
        Wear(0.3, 0, (3.35, 3.35), 0.4, 3, 0.0001, 0.12, 0.03, 0.03, 1, quality=60),
    ),
    "fax": (
        Wear(0.2, 0, (1.3, 1.5), 0.4, 4, 0.0002, bilevel=True),
        Wear(0.25, 0, (1.52, 1.75), 0.4, 4, 0.0002, streaks=1, bilevel=True),
        Wear(0.3, 0, (1.65, 1.9), 0.4, 4, 0.0002, streaks=2, bilevel=True),
    ),
    "phone": (
        Wear(0.3, 0.0015, (2.9, 2.9), 0.4, 3, 0, 0.1, 0.1, 0.03, quality=70),
        Wear(0.35, 0.002, (3.2, 3.2), 0.4, 3, 0, 0.11, 0.1, 0.03, quality=65),
        Wear(0.4, 0.0025, (3.35, 3.35), 0.4, 3, 0, 0.12, 0.1, 0.03, 1, quality=60),
    ),
}
LEVELS = (1, 2, 3)
