"""A page as a scanner, a fax or a phone takes it."""

from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from phantom.scans.wear import Wear

_WHITE, _STRONG = 255.0, 128


class Worn(NamedTuple):
    """A page with its wear.

    image (Image): Gray, or bilevel of a fax.
    data (bytes): Of the image file; suffix (str): its kind.
    matrix (Array): Shape (3, 3); takes points of the clean page to the image.
    """

    image: Image.Image
    data: bytes
    suffix: str
    matrix: Any


def wear_out(page: Image.Image, wear: Wear, rng: np.random.Generator) -> Worn:
    """Take a page: what its paper bears, how it lies, what light and sensor add.

    page (Image): Gray, clean. rng (Generator): Draws all that is by chance.
    """
    paper = _paper(np.asarray(page, "float32"), wear, rng)
    matrix = _geometry(page.size, wear, rng)
    ground = _WHITE * (1 - wear.contrast / 3)
    image = Image.fromarray(paper.clip(0, 255).astype("uint8")).transform(
        page.size,
        Image.Transform.PERSPECTIVE,
        tuple(np.linalg.inv(matrix).ravel()[:8] / np.linalg.inv(matrix)[2, 2]),
        Image.Resampling.BICUBIC,
        fillcolor=int(ground),
    )
    gray = _light(np.asarray(_optics(image, wear), "float32"), wear, rng)
    gray += rng.normal(0, wear.noise, gray.shape)
    gray[rng.random(gray.shape) < wear.specks] = 0
    if wear.bilevel:
        gray = np.where(gray > _STRONG, 255.0, 0.0)
    for row in rng.integers(0, len(gray), wear.streaks):
        gray[row : row + 1 + rng.integers(2)] = 255.0
    return _save(Image.fromarray(gray.clip(0, 255).astype("uint8")), wear, matrix)


def move_boxes(boxes: Any, matrix: Any) -> list[list[list[int]]]:
    """Where boxes of the clean page are on the image.

    boxes (Sequence): Left, top, right, bottom of each.
    RETURNS (List): Of each the corners, from the upper left one clockwise.
    """
    moved = []
    for left, top, right, bottom in boxes:
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        points = matrix @ np.array([(*corner, 1) for corner in corners], "float64").T
        moved.append((points[:2] / points[2]).T.round().astype(int).tolist())
    return moved


def _paper(gray: Any, wear: Wear, rng: np.random.Generator) -> Any:
    """Ink that has faded, the back that is seen through, folds."""
    ink = (_WHITE - gray) * (1 - wear.contrast)
    if wear.through:
        shift = rng.integers(10, 40, 2)
        back = np.roll(ink[:, ::-1], tuple(shift), (0, 1))
        ink = np.maximum(ink, wear.through * back)
    paper = _WHITE * (1 - wear.contrast / 3) - ink
    height, width = paper.shape
    for number in range(wear.folds):
        across = number % 2 == 0
        size = height if across else width
        at = int(rng.uniform(0.2, 0.8) * size)
        lines = np.abs(np.arange(size) - at)
        crease = 1 - 0.25 * np.exp(-((lines / 1.5) ** 2)) - 0.1 * np.exp(-lines / 25)
        paper = paper * (crease[:, None] if across else crease[None, :])
    return paper


def _geometry(size: tuple[int, int], wear: Wear, rng: np.random.Generator) -> Any:
    """Turned about its middle, and its corners strayed."""
    width, height = size
    angle = np.radians(rng.normal(0, wear.skew))
    cos, sin = np.cos(angle), np.sin(angle)
    middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1.0]])
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    pull = np.eye(3)
    # The far side of a page that was not held flat before the lens is smaller.
    pull[2, :2] = rng.normal(0, wear.tilt, 2) * 2 / np.array([width, height])
    return middle @ pull @ turn @ np.linalg.inv(middle)


def _optics(image: Image.Image, wear: Wear) -> Image.Image:
    across, down = wear.coarse
    small = (int(image.width / across), int(image.height / down))
    bilinear = Image.Resampling.BILINEAR
    image = image.resize(small, bilinear).resize(image.size, bilinear)
    return image.filter(ImageFilter.GaussianBlur(wear.blur))


def _light(gray: Any, wear: Wear, rng: np.random.Generator) -> Any:
    """Light that falls off to one side."""
    height, width = gray.shape
    angle = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-1, 1, width)[None, :] * np.cos(angle)
    down = np.linspace(-1, 1, height)[:, None] * np.sin(angle)
    return gray * (1 - wear.shadow * (across + down + 1.5) / 3)


def _save(image: Image.Image, wear: Wear, matrix: Any) -> Worn:
    stream = BytesIO()
    if wear.bilevel:
        image = image.convert("1")
        image.save(stream, "PNG")
        return Worn(image, stream.getvalue(), ".png", matrix)
    image.save(stream, "JPEG", quality=wear.quality)
    return Worn(Image.open(stream), stream.getvalue(), ".jpg", matrix)
