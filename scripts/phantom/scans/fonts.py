"""Letters to set pages in: printed ones, and such as hands write."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from matplotlib import get_data_path
from PIL import ImageDraw, ImageFont

DEBIAN = Path("/usr/share/fonts")
# fonts-liberation and fonts-dejavu; else those of matplotlib.
PRINTED = (
    "truetype/liberation/LiberationSerif-Regular.ttf",
    "truetype/liberation/LiberationSans-Regular.ttf",
    "truetype/liberation/LiberationMono-Regular.ttf",
    "truetype/dejavu/DejaVuSerif.ttf",
    "truetype/dejavu/DejaVuSans.ttf",
)
# fonts-breip and fonts-dkg-handwriting; else slanted print whose letters stray.
HANDWRITTEN = ("truetype/breip/Breip.ttf", "truetype/fifthhorseman/dkg.ttf")


@dataclass(frozen=True)
class Hand:
    """A font at a size, and how it is set.

    path (Path): Of the font. size (int): In pixels.
    wobble (float): By how much of the size letters stray, one standard deviation; 0
        is print.
    """

    path: Path
    size: int
    wobble: float = 0.0

    @cached_property
    def font(self) -> ImageFont.FreeTypeFont:
        """The font, loaded."""
        return ImageFont.truetype(str(self.path), self.size)

    @property
    def line(self) -> int:
        """Pixels from line to line."""
        return round(1.5 * self.size)

    def measure(self, text: str) -> float:
        """Width in pixels."""
        return float(self.font.getlength(text))

    def write(
        self,
        pen: ImageDraw.ImageDraw,
        place: tuple[float, float],
        text: str,
        rng: np.random.Generator,
    ) -> None:
        """Draw one word. place (Tuple[float, float]): Left, and top of the line."""
        left, top = place
        if not self.wobble:
            pen.text((left, top), text, font=self.font, fill=0)
            return
        drift = 0.0
        for i, letter in enumerate(text):
            drift = 0.7 * drift + rng.normal(0, self.wobble * self.size)
            at = left + self.measure(text[:i])
            pen.text((at, top + drift), letter, font=self.font, fill=0)


def find_fonts(names: tuple[str, ...], instead: tuple[str, ...]) -> list[Path]:
    """Those of Debian's fonts that are installed, or some that matplotlib brings.

    names (Tuple[str, ...]): Below Debian's folder of fonts.
    instead (Tuple[str, ...]): Names of matplotlib's files.
    """
    found = [DEBIAN / name for name in names if (DEBIAN / name).is_file()]
    return found or [Path(get_data_path(), "fonts", "ttf", x) for x in instead]


def draw_hand(rng: np.random.Generator, handwritten: bool) -> Hand:
    """A font and a size by chance."""
    if handwritten:
        fonts = find_fonts(HANDWRITTEN, ("DejaVuSans-Oblique.ttf",))
    else:
        fonts = find_fonts(PRINTED, ("DejaVuSans.ttf", "DejaVuSerif.ttf"))
    path = fonts[int(rng.integers(len(fonts)))]
    low, high = (30, 38) if handwritten else (21, 27)
    return Hand(path, int(rng.integers(low, high)), 0.03 if handwritten else 0.0)
