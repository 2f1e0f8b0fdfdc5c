"""The queue of one review: which examples are looked at, by what a person asks for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from phantom.records import Example, Labelled, Record
from phantom.review.lines import ExampleFile
from phantom.review.predicted import write_predicted
from phantom.review.queue import (
    Reasons,
    by_findings,
    by_pipeline,
    draw_sample,
    read_findings,
    sample_size,
    with_attribute,
)

Order = Literal["sample", "findings", "disagreement", "uncertainty"]
# A pipeline reads some fifty texts a second; more would keep a person waiting.
POOL = 1000


class Wish(Record):
    """What a person wants to look at.

    size (int): Examples in the queue; 0 for the sample that tells the share of right
        examples to the margin, or for all that were found.
    margin, expected (float): See `sample_size`.
    findings, quality (Optional[Path]): What `check` wrote.
    checks (Tuple[str, ...]): Only findings of these.
    where (Dict[str, str]): Only examples that were asked for with these attributes.
    pipeline (Optional[Path]): A trained pipeline, for its order and as ghosts.
    """

    order: Order = "sample"
    size: int = 0
    margin: float = 0.05
    expected: float = 0.85
    findings: Path | None = None
    quality: Path | None = None
    checks: tuple[str, ...] = ()
    where: dict[str, str] = {}
    pipeline: Path | None = None
    seed: int = 0


def choose(
    examples: ExampleFile[Example], wish: Wish, predicted_path: Path
) -> tuple[Reasons, ExampleFile[Labelled] | None]:
    """Make the queue, and what the pipeline finds where there is one.

    predicted_path (Path): The file for what the pipeline finds.
    RAISES: ValueError if nothing is left to look at, or an input is missing.
    """
    ids = dict.fromkeys(examples.ids)
    if wish.where:
        ids = with_attribute(examples, wish.where)
    if not ids:
        raise ValueError(f"{examples.path}: no example to look at; see --where")
    if wish.order == "findings":
        path = wish.findings or examples.path.with_name("review.jsonl")
        found = by_findings(read_findings(path, wish.quality), wish.checks)
        queue = _cut({key: why for key, why in found.items() if key in ids}, wish.size)
        if found and not ids.keys() & found.keys():
            raise ValueError(
                f"{path}: none of its {len(found):,} examples is among those of "
                f"{examples.path}; name the file that they are from, with "
                "--vars.review_data in a project"
            )
        return _not_empty(queue, path), _predict(
            list(queue), examples, wish, predicted_path
        )
    if wish.order == "sample":
        size = wish.size or sample_size(wish.margin, wish.expected, len(ids))
        queue = draw_sample(ids, size, wish.seed)
        return queue, _predict(list(queue), examples, wish, predicted_path)
    pool = draw_sample(ids, POOL, wish.seed)
    predicted = _predict(list(pool), examples, wish, predicted_path)
    if predicted is None:
        raise ValueError(f"the order {wish.order} needs a trained pipeline")
    queue = by_pipeline(examples, predicted, wish.order)
    return _not_empty(_cut(queue, wish.size), examples.path), predicted


def _predict(
    ids: Sequence[str], examples: ExampleFile[Example], wish: Wish, path: Path
) -> ExampleFile[Labelled] | None:
    if wish.pipeline is None:
        return None
    chosen = [examples[key] for key in ids[:POOL]]
    return write_predicted(path, wish.pipeline, chosen)


def _cut(queue: Reasons, size: int) -> Reasons:
    return dict(list(queue.items())[:size]) if size else queue


def _not_empty(queue: Reasons, path: Path) -> Reasons:
    if not queue:
        raise ValueError(f"{path}: nothing in it to look at; take another --order")
    return queue
