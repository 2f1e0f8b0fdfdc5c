"""Open a page on this machine where people correct examples."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.review.choose import Order, Wish, choose
from phantom.review.decisions import DecisionLog
from phantom.review.lines import ExampleFile
from phantom.review.session import Review
from phantom.review.validation import Schema
from phantom.review.why import Why
from phantom.runtime import token_bounds


def review(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    examples_path: Annotated[Path, Argument(help="Examples to look at (.jsonl)")],
    reviews_path: Annotated[Path, Argument(help="Decisions are appended here")],
    order: Annotated[Order, Option(help="Which examples are looked at")] = "sample",
    size: Annotated[int, Option(help="How many; 0: as the margin asks, or all")] = 0,
    margin: Annotated[float, Option(help="Of the share of right ones, at 95%")] = 0.05,
    expected: Annotated[float, Option(help="The share that is expected")] = 0.85,
    findings: Annotated[
        str,
        Option(help="Findings, or a diagnosis's cells; '' for review.jsonl"),
    ] = "",
    quality: Annotated[Path | None, Option(help="Report of check (.json)")] = None,
    check: Annotated[
        list[str] | None, Option(help="Only findings of this check, or for this reason")
    ] = None,
    where: Annotated[
        list[str] | None, Option(help="Only what was asked for so: section=title")
    ] = None,
    pipeline: Annotated[str, Option(help="Trained pipeline; '' for none")] = "",
    port: Annotated[int, Option(help="0 for any that is free")] = 0,
    seed: Annotated[int, Option(help="Which examples are drawn")] = 0,
) -> None:
    """Serve the page until it is interrupted; see docs/review.md."""
    try:
        from phantom.review.server import make_server
    except ImportError:
        raise ValueError(
            "the review page needs starlette and uvicorn: "
            "pip install 'spacy-phantom[review]'"
        ) from None
    wish = Wish(
        order=order,
        size=size,
        margin=margin,
        expected=expected,
        findings=Path(findings) if findings else None,
        quality=quality,
        checks=tuple(check or ()),
        where=_parse(where or []),
        pipeline=Path(pipeline) if pipeline else None,
        seed=seed,
    )
    pack = load_pack(pack_path)
    examples = ExampleFile(examples_path, Example)
    queue, predicted = choose(
        examples, wish, examples_path.with_name("review_predicted.jsonl")
    )
    session = Review(
        title=pack.domain.title,
        guidelines=pack.guidelines,
        schema=Schema(pack.labels, pack.relations, token_bounds(pack.domain.lang)),
        examples=examples,
        queue=queue,
        log=DecisionLog(reviews_path),
        is_sample=order == "sample",
        margin=margin if order == "sample" else None,
        predicted=predicted,
        why=Why(wish.pipeline) if wish.pipeline else None,
    )
    if session.unknown:
        msg.warn(f"{session.unknown:,} ids of findings are not in {examples_path}")
    msg.info(
        f"{len(session.order):,} of {len(examples):,} examples; decisions go to "
        f"{reviews_path}. Stop with Ctrl+C."
    )
    # Not through wasabi, which would wrap it.
    make_server(session, lambda address: print(address, flush=True), port).run()


def _parse(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise ValueError(f"--where {wrong[0]}: expected name=value, as section=title")
    return dict(pair.split("=", 1) for pair in pairs)


if __name__ == "__main__":
    run_step(review)
