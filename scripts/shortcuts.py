"""Find words that carry a label without being part of any mention, and act on them."""

from itertools import islice
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.explaining import print_shortcuts
from console.options import Counted, PackPath, Private
from console.step import run_step
from phantom.evaluation.explain.remedies import hard_negatives, hint_on_shortcuts
from phantom.evaluation.explain.shortcut_records import Shortcuts
from phantom.evaluation.explain.shortcuts import as_found, find_shortcuts
from phantom.evaluation.gold import find_gold
from phantom.feedback.from_checks import keep_hints
from phantom.jsonl import write_json, write_jsonl
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.privacy.paths import all_public, parse_paths
from phantom.runtime import load_pipeline, register_components


def shortcuts(
    pack_path: PackPath,
    pipeline: Annotated[Path, Argument(help="Folder of the trained pipeline")],
    texts_path: Annotated[Path, Argument(help="Annotated text, no test split")],
    corpus: Annotated[Path, Argument(help="Folder of the round, for hints")],
    output: Annotated[Path, Argument(help="Folder for shortcuts.json")],
    take: Annotated[int, Option(help="How many of the texts", min=10)] = 400,
    most: Annotated[int, Option(help="Passages of each test", min=5)] = 30,
    seed: Annotated[int, Option(help="Of what is drawn")] = 0,
    public: Annotated[
        str, Option(help="Real text, commas between, that hints may quote")
    ] = "",
    private: Private = "",
    ledger: Counted = None,
) -> None:
    """Write shortcuts.json, hints for the next plan and hard negatives to train on."""
    pack = load_pack(pack_path)
    gold = find_gold(pack, texts_path)
    if gold.dataset.splits[gold.split].use == "test":
        raise ValueError(f"{texts_path}: a test split, which nothing is learnt from")
    examples = list(islice(gold.read(take), take))
    if not examples:
        raise ValueError(f"{texts_path}: no text in it")
    register_components()
    nlp = load_pipeline(pipeline)
    found = find_shortcuts(nlp, as_found(examples, nlp), seed, most)
    is_real = any(x.origin != "synthetic" for x in examples)
    is_public = all_public([texts_path], parse_paths(public), parse_paths(private))
    language = load_language(pack.domain.lang, pack_path)
    hints = keep_hints(
        hint_on_shortcuts(found, language, is_real),
        len(examples) if is_real else 0,
        is_public,
        ledger,
    )
    words = sorted({s.word for s in found if s.is_alone})
    negatives = list(hard_negatives(examples, words, seed))

    listed = Shortcuts(domain=pack.name, passages=len(examples), found=found)
    write_json(output / "shortcuts.json", listed)
    write_json(corpus / "shortcut_hints.json", hints)
    write_jsonl(output / "hard_negatives.jsonl", negatives)
    print_shortcuts(found)
    msg.good(
        f"{len(words)} of {len(found)} words carry a label by themselves",
        f"{output / 'shortcuts.json'}; {len(hints.hints)} hints for the next plan in "
        f"{corpus / 'shortcut_hints.json'} (--vars.hints); {len(negatives):,} passages "
        f"with such a word put in, in {output / 'hard_negatives.jsonl'} (adapt, mix)",
    )
    if words:
        print(f"In {pack_path / 'domain.yml'}, under augment, for the next training:")
        print(f"  decoys: {{share: 0.1, words: {words}}}")


if __name__ == "__main__":
    run_step(shortcuts)
