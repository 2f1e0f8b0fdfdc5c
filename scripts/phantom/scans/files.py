"""Text of PDF files and of images of pages."""

import logging
from pathlib import Path
from typing import Any

from PIL import Image, ImageSequence

from phantom.scans.tesseract import REMEDY, find_model, read_page

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
# Dots per inch at which Tesseract reads pages of usual type well; of a scan, at most.
DPI = 300
# Of a scan, at least: a coarser image is a background.
LOWEST = 72
# Part of a page's area from which on its images are a scan of it.
COVERS = 0.5


def read_pdf(path: Path, lang: str) -> str:
    """The text of a PDF, pages parted by a blank line.

    A page with a text layer is read from there; one without is an image, which is
    drawn and given to Tesseract.

    lang (str): Its language, such as "en".
    RAISES: ValueError if a package or Tesseract is missing, or the file is damaged or
        needs a password.
    """
    try:
        import pypdf
        import pypdf.errors
    except ImportError:
        raise ValueError(f"pypdf {REMEDY}") from None
    # What it warns of is in the pages, or in the error.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    except pypdf.errors.FileNotDecryptedError:
        raise ValueError("it needs a password; save a copy without one") from None
    except Exception as error:  # damaged files end in errors of any kind
        raise ValueError(f"no PDF that pypdf can read: {error!r}") from None
    scans = [i for i, text in enumerate(pages) if not text.strip()]
    if scans:
        for i, text in zip(scans, _read_scans(path, scans, lang), strict=True):
            pages[i] = text
    return "\n\n".join(pages)


def read_image(path: Path, lang: str) -> str:
    """What Tesseract reads on an image; TIFF may have many pages.

    lang (str): Its language, such as "en".
    RAISES: ValueError if pytesseract or Tesseract is missing, or it is no image.
    """
    model = find_model(lang)
    try:
        with Image.open(path) as image:
            pages = [
                read_page(page.convert("L"), model)
                for page in ImageSequence.Iterator(image)
            ]
    except OSError as error:
        raise ValueError(f"no image that can be read: {error}") from None
    return "\n\n".join(pages)


def _read_scans(path: Path, numbers: list[int], lang: str) -> list[str]:
    """What Tesseract reads on pages of a PDF, one drawn after the other."""
    model = find_model(lang)
    try:
        import pypdfium2
    except ImportError:
        some = ", ".join(str(i + 1) for i in numbers[:5])
        raise ValueError(
            f"page {some} is a scan, and pypdfium2, which draws it, {REMEDY}"
        ) from None
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"pypdfium2 can't read it: {error}") from None
    try:
        return [read_page(draw_page(document, number), model) for number in numbers]
    finally:
        document.close()


def draw_page(document: Any, number: int) -> Image.Image:
    """A page as an image, gray.

    document (PdfDocument): Of pypdfium2. number (int): Of the page, from 0.
    RAISES: ValueError if it can't be drawn.
    """
    page = document[number]
    try:
        scale = _find_scale(page)
        image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
        return image
    except RuntimeError as error:
        raise ValueError(f"page {number + 1} can't be drawn: {error}") from None
    finally:
        page.close()


def _find_scale(page: Any) -> float:
    """Pixels per point: those of the scan that the page is, else of `DPI`.

    A scan that is drawn larger than it is gets blurred, and Tesseract misreads more of
    it (docs/measurements/documents.md). It may lie on the page in strips or in layers,
    of which the sharpest has the letters.
    """
    import pypdfium2

    images: list[tuple[float, float]] = []
    for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = image.get_bounds()
        sides = sorted([right - left, top - bottom])
        if sides[0] > 0:
            # A hair less, else rounding up makes the page a pixel wider than the scan.
            own = zip(sorted(image.get_px_size()), sides, strict=True)
            scale = min((pixels - 0.01) / side for pixels, side in own)
            images.append((sides[0] * sides[1], scale))
    covered = sum(area for area, _ in images)
    if covered < COVERS * page.get_width() * page.get_height():
        return DPI / 72
    largest = max(area for area, _ in images)
    scale = max(scale for area, scale in images if area >= largest / 4)
    return min(scale, DPI / 72) if scale >= LOWEST / 72 else DPI / 72
