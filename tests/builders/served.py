"""A review server with a few examples, beside a file that it must not give out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.builders.examples import example
from tests.builders.reviews import Client, make_review, running

GOUT = "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE>."
IRON = {"start": 0, "end": 4, "label": "CHEMICAL", "text": "Iron"}
HTML = "<script>alert(1)</script>"


@contextmanager
def serve_few(folder: Path) -> Iterator[tuple[Client, Path]]:
    """YIELDS (Tuple[Client, Path]): Who asks it, and where it writes decisions."""
    (folder / "secret.txt").write_text("secret")
    examples = [
        example(GOUT, (1, "TREATS", 2), id="a"),
        example("Gout.", id="b"),
        example(f"{HTML} hurts.", id=HTML),
        *(example("Rest.", id=f"c{i}") for i in range(5)),
    ]
    review = make_review(folder, examples)
    with running(review) as address:
        yield Client(address), review.log.path
