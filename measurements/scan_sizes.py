"""What Tesseract misreads of a scan in a PDF by the size at which its page is drawn.

    python measurements/scan_sizes.py [--data PATH] [--take N] [--levels N,N]
        [--sizes N,N] [--seed N] [--json PATH]

Examples (default: train of NCBI-Disease, ten sentences to a page) are set as letters
and forms of 150 dots per inch and worn out (`phantom.scans`). Each page is read as the
image that it is, from a PDF as `apply` reads it, and from the PDF drawn at so many dots
per inch. Prints characters misread in percent, white space aside.
"""

import argparse
import io
import json
from collections import Counter
from pathlib import Path

import pypdfium2
from PIL import Image
from scans import DATA, PER_PAGE, join_all

from phantom.corpora.mix import take_some
from phantom.jsonl import read_some
from phantom.records import Example
from phantom.scans.files import draw_page
from phantom.scans.render import Look, Scan, render
from phantom.scans.tesseract import count_errors, read_page

# Of the pages that are rendered.
DPI = 150


def show(scan: Scan, sizes: list[int]) -> dict[str, str]:
    """What is read of a scan in each way."""
    images = [page.image.convert("L") for page in scan.pages]
    stream = io.BytesIO()
    images[0].save(
        stream, "PDF", resolution=DPI, save_all=True, append_images=images[1:]
    )
    document = pypdfium2.PdfDocument(stream.getvalue())
    ways = {
        "image": images,
        "PDF": [draw_page(document, number) for number in range(len(images))],
        **{f"PDF at {size}": _draw_all(document, size) for size in sizes},
    }
    return {way: "\n\n".join(map(read_page, pages)) for way, pages in ways.items()}


def _draw_all(document: pypdfium2.PdfDocument, size: int) -> list[Image.Image]:
    return [page.render(scale=size / 72, grayscale=True).to_pil() for page in document]


def main() -> None:
    """Read each page in each way, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--take", type=int, default=160, help="sentences")
    parser.add_argument("--levels", default="1,2,3")
    parser.add_argument("--sizes", default="100,150,200,300", help="dots per inch")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    examples = take_some(read_some(args.data, Example), args.take, args.seed)
    sizes = [int(size) for size in args.sizes.split(",")]
    figures: dict[str, dict[str, float]] = {}
    for level in args.levels.split(","):
        layouts = ("letter", "form")
        look = Look(
            layouts, levels=(int(level),), handwritten=0, stamped=0, seed=args.seed
        )
        errors, characters = Counter[str](), 0
        for example in join_all(examples, PER_PAGE):
            scan = render(example, look)
            written = scan.written.text
            characters += len(" ".join(written.split()))
            for way, text in show(scan, sizes).items():
                errors[way] += count_errors(written, text)
        own = {way: round(100 * n / characters, 2) for way, n in errors.items()}
        figures[level] = own
        print(f"level {level}:", ", ".join(f"{k} {v}%" for k, v in own.items()))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
