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
        Wear(0.3, 0, (1.33, 1.33), 0.5, 7, 0.0004, 0.1, 0.0, 0.06, quality=60),
        Wear(0.4, 0, (1.38, 1.38), 0.55, 8, 0.0005, 0.12, 0.03, 0.08, quality=50),
        Wear(0.5, 0, (1.43, 1.43), 0.57, 9, 0.0005, 0.13, 0.05, 0.1, 1, quality=45),
    ),
    "fax": (
        Wear(0.3, 0, (1.15, 1.3), 0.35, 9, 0.0006, bilevel=True),
        Wear(0.4, 0, (1.2, 1.4), 0.4, 10, 0.0006, streaks=1, bilevel=True),
        Wear(0.5, 0, (1.23, 1.46), 0.43, 10, 0.0007, streaks=2, bilevel=True),
    ),
    "phone": (
        Wear(0.6, 0.003, (1.22, 1.22), 0.5, 6, 0, 0.15, 0.15, 0.04, quality=60),
        Wear(0.7, 0.0035, (1.26, 1.26), 0.55, 6, 0, 0.18, 0.17, 0.04, quality=50),
        Wear(0.8, 0.004, (1.29, 1.29), 0.58, 6, 0, 0.18, 0.18, 0.05, 1, quality=50),
    ),
}
LEVELS = (1, 2, 3)
