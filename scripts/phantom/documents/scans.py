"""Text of PDF files and of images of pages."""

from pathlib import Path
from typing import Any

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
_REMEDY = "is not installed: pip install 'spacy-phantom[ocr]'"


def read_pdf(path: Path) -> str:
    """The text layer of a PDF, pages parted by a blank line.

    RAISES: ValueError if pypdf is missing, the file is damaged or needs a password, or
        a page has no text: it is an image, whose text Tesseract has to read.
    """
    try:
        import pypdf
    except ImportError:
        raise ValueError(f"pypdf {_REMEDY}") from None
    try:
        pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    except Exception as error:  # damaged files end in errors of any kind
        raise ValueError(f"pypdf can't read it: {error!r}") from None
    empty = [str(i) for i, text in enumerate(pages, start=1) if not text.strip()]
    if empty:
        raise ValueError(
            f"no text layer on page {', '.join(empty[:5])} of {len(pages)}: a scan; "
            "write its pages as images (pdftoppm -r 300) and give those"
        )
    return "\n\n".join(pages)


def read_image(path: Path) -> str:
    """What Tesseract reads on an image; TIFF may have many pages.

    RAISES: ValueError if pytesseract or Tesseract is missing, or it is no image.
    """
    try:
        import pytesseract
        from PIL import Image, ImageSequence
    except ImportError:
        raise ValueError(f"pytesseract {_REMEDY}") from None
    try:
        with Image.open(path) as image:
            pages = [
                _recognize(pytesseract, page.convert("L"))
                for page in ImageSequence.Iterator(image)
            ]
    except OSError as error:
        raise ValueError(f"no image that can be read: {error}") from None
    return "\n\n".join(pages)


def _recognize(pytesseract: Any, page: Any) -> str:
    try:
        # The data frame loses words such as None and NA; the string does not.
        return str(pytesseract.image_to_string(page))
    except pytesseract.TesseractNotFoundError:
        raise ValueError(
            "Tesseract is not installed; on Debian: apt-get install tesseract-ocr"
        ) from None
