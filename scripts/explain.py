"""Explain what a pipeline finds: the words it rests on, and what would change it."""

from itertools import islice
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.explaining import print_explained
from console.step import run_step
from phantom.evaluation.diagnosis.support import Training
from phantom.evaluation.explain.explainer import Explainer
from phantom.evaluation.explain.flips import FlipSearch, stand_ins
from phantom.evaluation.gold import find_gold
from phantom.features import Encoder
from phantom.jsonl import read_some, write_jsonl, write_text
from phantom.packs.language import stop_words
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.reports.explain.html import to_html
from phantom.runtime import load_pipeline, register_components


def explain(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    pipeline: Annotated[Path, Argument(help="Folder of the trained pipeline")],
    texts_path: Annotated[Path, Argument(help="Texts (.jsonl); labels are not read")],
    output: Annotated[Path, Argument(help="Folder for the page")],
    text: Annotated[
        list[str] | None, Option(help="A sentence to explain, in place of the texts")
    ] = None,
    take: Annotated[int, Option(help="How many of the texts")] = 10,
    train: Annotated[Path | None, Option(help="The training text (.jsonl)")] = None,
    flips: Annotated[bool, Option(help="Search for edits that change it")] = True,
    near: Annotated[bool, Option(help="Show the nearest training text")] = True,
) -> None:
    """Write explained.jsonl and explained.html on the first texts."""
    pack = load_pack(pack_path)
    if text:
        examples = [
            Example(id=f"text {i}", text=one, origin="private", sources=("typed",))
            for i, one in enumerate(text, 1)
        ]
    else:
        examples = list(islice(find_gold(pack, texts_path).read(take), take))
    if not examples:
        raise ValueError(f"{texts_path}: nothing to explain")
    register_components()
    nlp = load_pipeline(pipeline, pack.known)
    training = [x.named() for x in read_some(train, Example)] if train else []
    stops = stop_words(pack.domain.lang)
    explainer = Explainer(
        nlp,
        FlipSearch(nlp, stand_ins(training, stops)) if flips else None,
        Training(training, Encoder(), stops) if near and training else None,
    )
    explained = list(explainer(examples))
    write_jsonl(output / "explained.jsonl", explained)
    title = f"Why it was found: {pack.domain.title}"
    write_text(output / "explained.html", to_html(explained, title))
    print_explained(explained)
    msg.good(
        f"{sum(len(x.explanations) for x in explained):,} decisions in "
        f"{len(explained):,} texts explained",
        f"{output / 'explained.html'} and .jsonl",
    )


if __name__ == "__main__":
    run_step(explain)
