"""Turn a diagnosis into what the next round asks for: a file that a person edits."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath, Private
from console.refill import print_refill
from console.step import run_step
from phantom.evaluation.audit.asks import ask_for_groups
from phantom.evaluation.audit.records import Audit
from phantom.evaluation.diagnosis.asks import (
    make_asks,
    predicted_edits,
    without_new_words,
)
from phantom.evaluation.diagnosis.records import Diagnosis
from phantom.feedback.from_reviews import hint_on_edits
from phantom.feedback.refill import keep_refill, write_refill
from phantom.jsonl import load_record, read_jsonl
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.passages.words import TOKEN
from phantom.planning.rounds import read_earlier
from phantom.privacy.paths import all_public, parse_paths
from phantom.records import Example

HINTS = 40


def refill(
    pack_path: PackPath,
    corpus_path: Annotated[Path, Argument(help="Folder of the rounds' folders")],
    diagnosis_path: Annotated[Path, Argument(help="diagnosis.json of this round")],
    round_: Annotated[int, Option("--round", help="The round diagnosed", min=1)] = 1,
    gold: Annotated[Path | None, Option(help="What was diagnosed")] = None,
    public: Annotated[
        str, Option(help="Real text, commas between, that prompts may quote")
    ] = "",
    private: Private = "",
    audit_path: Annotated[
        str, Option("--audit", help="audit.json: half go to its groups")
    ] = "",
    examples: Annotated[int, Option(help="Examples to ask for", min=1)] = 300,
    most: Annotated[int, Option(help="Weaknesses to take up", min=1)] = 6,
) -> None:
    """Write refill.yml into the folder of the next round; nothing is asked yet."""
    pack = load_pack(pack_path)
    diagnosis = load_record(diagnosis_path, Diagnosis)
    if diagnosis.domain != pack.name:
        raise ValueError(f"{diagnosis_path}: of the domain {diagnosis.domain!r}")
    language = load_language(pack.domain.lang, pack_path)
    train = corpus_path / f"round-{round_}" / "train.jsonl"
    training = list(read_jsonl(train, Example)) if train.is_file() else []
    vocabulary = {w.lower() for x in training for w in TOKEN.findall(x.text)}
    notes = hint_on_edits(predicted_edits(diagnosis), language, top=HINTS)
    left_out: Counter[str] = Counter()
    earlier = read_earlier(corpus_path, round_)
    asks = []
    if audit_path:
        audit = load_record(Path(audit_path), Audit)
        half = examples // 2
        asks = ask_for_groups(pack, audit, language, earlier, half, left_out)
    asks += make_asks(
        *(pack, diagnosis, language, earlier),
        {e.text.casefold() for x in training for e in x.named().entities},
        examples - sum(ask.count for ask in asks),
        most,
        left_out,
    )
    is_synthetic = diagnosis.origin == "synthetic"
    declared = parse_paths(public)
    is_public = gold is not None and all_public([gold], declared, parse_paths(private))
    found = keep_refill(
        pack,
        round_ + 1,
        asks,
        without_new_words(notes, pack, vocabulary),
        0 if is_synthetic else diagnosis.passages,
        is_public,
        left_out,
    )
    output = corpus_path / f"round-{round_ + 1}" / "refill.yml"
    write_refill(output, found, f"the errors in {diagnosis.source}")
    print_refill(found)
    count = sum(ask.count for ask in found.asks)
    if not count:
        msg.warn(f"Nothing to ask for; see {diagnosis_path.with_suffix('.html')}")
    msg.good(
        f"{count:,} examples of {len(found.asks)} cells in {output}",
        "Read and edit it; `plan` takes it up with --refill (in the project: "
        f"--vars.round {round_ + 1} --vars.refill {output})",
    )


if __name__ == "__main__":
    run_step(refill)
