"""Pages as a scanner or a fax makes them of text, and what Tesseract reads there."""

import textwrap
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytesseract
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFilter, ImageFont

DEBIAN = Path("/usr/share/fonts/truetype")
FONTS = (
    *(
        "liberation/LiberationSerif-Regular.ttf",
        "liberation/LiberationSans-Regular.ttf",
    ),
    *("liberation/LiberationMono-Regular.ttf", "dejavu/DejaVuSerif.ttf"),
    "dejavu/DejaVuSans.ttf",
)
WIDTH, LINE, MARGIN = 1240, 38, 60


class Level(NamedTuple):
    """How bad a page is.

    skew (float): Degrees, one standard deviation.
    coarse (float): Times by which the page is made smaller, and larger again.
    blur (float): Radius in pixels.
    noise (float): Standard deviation of the gray value.
    specks (float): Share of black pixels.
    quality (int): Of the JPEG.
    """

    skew: float
    coarse: float
    blur: float
    noise: float
    specks: float
    quality: int


# A scan, a poor one, a fax.
LEVELS = {
    1: Level(0.35, 1.45, 0.6, 16, 0.0015, 55),
    2: Level(0.4, 1.55, 0.7, 18, 0.002, 50),
    3: Level(0.5, 1.7, 0.8, 22, 0.003, 40),
}


def find_fonts() -> list[Path]:
    """Debian's fonts where they are installed, else those of matplotlib."""
    found = [DEBIAN / name for name in FONTS if (DEBIAN / name).is_file()]
    return found or sorted(Path(get_data_path(), "fonts", "ttf").glob("DejaVuS*f.ttf"))


def render(text: str, font: Path, size: int) -> tuple[str, Image.Image]:
    """One page. RETURNS: The text with blanks where lines end, and the page."""
    letters = ImageFont.truetype(str(font), size)
    per_line = int((WIDTH - 2 * MARGIN) / letters.getlength("n"))
    lines = textwrap.wrap(text, per_line, break_on_hyphens=False)
    page = Image.new("L", (WIDTH, 2 * MARGIN + LINE * len(lines)), 255)
    pen = ImageDraw.Draw(page)
    for i, line in enumerate(lines):
        pen.text((MARGIN, MARGIN + LINE * i), line, font=letters, fill=0)
    return " ".join(lines), page


def degrade(page: Image.Image, level: Level, rng: np.random.Generator) -> Image.Image:
    """Turn, coarsen, blur, sprinkle and compress a page."""
    page = page.rotate(
        rng.normal(0, level.skew), fillcolor=255, resample=Image.Resampling.BICUBIC
    )
    small = (int(page.width / level.coarse), int(page.height / level.coarse))
    bilinear = Image.Resampling.BILINEAR
    page = page.resize(small, bilinear).resize(page.size, bilinear)
    page = page.filter(ImageFilter.GaussianBlur(level.blur))
    gray = np.asarray(page, "float32") + rng.normal(0, level.noise, page.size[::-1])
    gray[rng.random(gray.shape) < level.specks] = 0
    stream = BytesIO()
    Image.fromarray(gray.clip(0, 255).astype("uint8")).save(
        stream, "JPEG", quality=level.quality
    )
    return Image.open(stream)


def read(page: Image.Image) -> str:
    """What Tesseract reads, white space as single blanks."""
    # The data frame loses words such as None and NA; the string does not.
    text: str = pytesseract.image_to_string(page, config="--psm 6")
    return " ".join(text.split())


def scan(texts: list[str], level: Level, seed: int) -> Iterator[tuple[str, str]]:
    """Render each text as a page and read it. YIELDS: As written, as read."""
    fonts = find_fonts()
    for number, text in enumerate(texts):
        rng = np.random.default_rng([seed, number])
        font = fonts[number % len(fonts)]
        written, page = render(text, font, int(rng.integers(20, 27)))
        yield written, read(degrade(page, level, rng))
