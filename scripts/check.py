"""Check a curated corpus: labels, copies, leaks, realism, balance; one report."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import Counted, Private
from console.step import run_step
from console.verdict import print_next_round, print_result, print_skipped
from phantom.checks import CheckContext, load_config
from phantom.checks.engine.run import run_checks, write_corpus
from phantom.features import Encoder
from phantom.feedback.from_checks import keep_hints, why_withheld
from phantom.jsonl import read_some, write_json
from phantom.packs.pack import load_pack
from phantom.passages.files import find_texts, list_files
from phantom.privacy.paths import all_public, is_private, parse_paths
from phantom.records import Example
from phantom.reports.quality import build_report, write_report

Paths = list[Path]


def check(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    accepted_path: Annotated[Path, Argument(help="Curated examples (.jsonl)")],
    corpus_path: Annotated[
        Path, Argument(help="Folder for what passes, the rest, hints")
    ],
    metrics_path: Annotated[Path, Argument(help="Folder for the report")],
    benchmarks: Annotated[
        Paths, Option(help="Test sets, or a folder of them, that must not leak in")
    ] = [],  # noqa: B006
    real: Annotated[Paths, Option(help="Unlabelled real text (.jsonl, .txt)")] = [],  # noqa: B006
    private: Private = "",
    ledger: Counted = None,
    public: Annotated[
        str, Option(help="Real text, commas between, that hints may quote")
    ] = "",
    holdout: Annotated[Paths, Option(help="Your text that no prompt saw")] = [],  # noqa: B006
    model: Annotated[bool, Option(help="Run checks that need the encoder")] = True,
    strict: Annotated[bool, Option(help="Exit with 1 if the verdict is fail")] = False,
) -> None:
    """Run the pack's checks; write what passes, what does not, and the report."""
    pack = load_pack(pack_path)
    accepted = read_some(accepted_path, Example)
    config = load_config(pack_path)
    owned, declared = parse_paths(private), parse_paths(public)
    compared = find_texts(real)
    context = CheckContext(
        pack,
        config,
        benchmarks=_find_tests(benchmarks),
        real=compared,
        private=find_texts(owned),
        undeclared=[path for path in compared if not is_private(path, declared)],
        holdout=find_texts(holdout),
        encoder=Encoder() if model else None,
    )
    is_public = all_public(context.real, declared, owned)
    passages = len(context.real_examples) if context.real else 0
    context.withheld = why_withheld(passages, is_public, ledger)
    result = run_checks(accepted, context, config)
    report = build_report(result, pack.domain.title)

    write_corpus(result, corpus_path)
    write_report(report, metrics_path)
    hints = keep_hints(result.hints, passages, is_public, ledger)
    hints_path = corpus_path / "hints.json"
    write_json(hints_path, hints)

    print_result(result)
    sources = {path.resolve(): path for path in (*benchmarks, *real)}
    sources |= {path: path for path in owned if path not in sources}
    print_skipped(result, metrics_path / "quality.md", list(sources.values()))
    msg.good(
        f"{len(result.examples):,} of {result.given:,} examples pass",
        f"report: {metrics_path / 'quality.html'}",
    )
    print_next_round(hints, hints_path, pack_path)
    if strict and result.verdict == "fail":
        raise ValueError("the corpus fails\n" + "\n".join(result.reasons()))


def _find_tests(paths: Paths) -> Paths:
    """Files, and the test splits in folders."""
    return [
        file
        for path in paths
        for file in ([path] if path.is_file() else list_files(path))
        if file == path or file.name == "test.jsonl"
    ]


if __name__ == "__main__":
    run_step(check)
