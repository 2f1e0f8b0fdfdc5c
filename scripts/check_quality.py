"""Check a curated corpus: labels, copies, leaks, realism, balance; one report."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from phantom.checks import CheckContext, load_config
from phantom.encoder import Encoder
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.pack import load_pack
from phantom.private import private_roots
from phantom.quality import QualityResult, run_checks
from phantom.quality_report import build_report, hints, to_html, to_markdown
from phantom.records import Example, Rejected
from step import print_counts, run_step

Paths = list[Path]


def check_quality(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    accepted_path: Annotated[Path, Argument(help="Curated examples (.jsonl)")],
    corpus_path: Annotated[Path, Argument(help="Folder for what passes, and the rest")],
    metrics_path: Annotated[Path, Argument(help="Folder for the report")],
    benchmarks: Annotated[
        Paths, Option(help="Test sets, or a folder of them, that must not leak in")
    ] = [],  # noqa: B006
    real: Annotated[Paths, Option(help="Unlabelled real text (.jsonl, .txt)")] = [],  # noqa: B006
    private: Annotated[Paths, Option(help="Your own text; must not come out")] = [],  # noqa: B006
    project: Annotated[
        Path | None, Option(help="A project.yml; vars.private lists more private text")
    ] = None,
    holdout: Annotated[Paths, Option(help="Your text that no prompt saw")] = [],  # noqa: B006
    model: Annotated[bool, Option(help="Run checks that need the encoder")] = True,
    strict: Annotated[bool, Option(help="Exit with 1 if the verdict is fail")] = False,
) -> None:
    """Run the pack's checks; write what passes, what does not, and the report."""
    pack = load_pack(pack_path)
    config = load_config(pack_path)
    context = CheckContext(
        pack,
        config,
        benchmarks=_files(benchmarks, "test.jsonl"),
        real=_files(real, "*.jsonl"),
        private=_files([*private, *_listed(project, private)], "*.*"),
        holdout=_files(holdout, "*.*"),
        encoder=Encoder() if model else None,
    )
    result = run_checks(read_jsonl(accepted_path, Example), context, config)
    report = build_report(result, pack.domain.title)

    _write_corpus(result, corpus_path)
    metrics_path.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (metrics_path / "quality.json").write_text(text, encoding="utf-8")
    (metrics_path / "quality.html").write_text(to_html(report), encoding="utf-8")
    (metrics_path / "quality.md").write_text(to_markdown(report), encoding="utf-8")
    text = "\n".join(hints(report)) + "\n"
    (metrics_path / "hints.txt").write_text(text, encoding="utf-8")

    _print(result)
    msg.good(
        f"{len(result.examples):,} of {result.given:,} examples pass",
        f"report: {metrics_path / 'quality.html'}",
    )
    if strict and result.verdict == "fail":
        raise ValueError("the corpus fails\n" + "\n".join(result.reasons()))


def _listed(project: Path | None, known: Paths) -> Paths:
    """What a project lists as private, is there, and was not named already."""
    seen = {path.resolve() for path in known}
    roots = private_roots(project) if project else []
    return [path for path in roots if path.exists() and path not in seen]


def _files(paths: Paths, pattern: str) -> Paths:
    found: Paths = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob(pattern))
        elif path.is_file():
            found.append(path)
        else:
            msg.warn(f"{path} is absent; checks that need it are skipped")
    return found


def _write_corpus(result: QualityResult, folder: Path) -> None:
    write_jsonl(folder / "checked.jsonl", result.examples)
    rejected = [
        Rejected(
            spec_id=example.id,
            reason=f"{finding.check}.{finding.reason}",
            detail=finding.detail,
            raw=example.text,
            meta={"value": finding.value, "example": example.model_dump(mode="json")},
        )
        for example, finding in result.rejected
    ]
    write_jsonl(folder / "rejected_by_checks.jsonl", rejected)
    write_jsonl(folder / "before_repair.jsonl", result.repaired.values())
    review = [f for found in result.to_review().values() for f in found]
    write_jsonl(folder / "review.jsonl", review)


def _print(result: QualityResult) -> None:
    found = Counter(f"{f.check}: {f.action}" for f in result.findings)
    print_counts("findings", found, result.given)
    for name, reason in result.skipped.items():
        msg.warn(f"{name}: skipped", reason)
    reasons = "\n".join(result.reasons())
    if result.verdict == "fail":
        msg.fail(f"verdict: {result.verdict}", reasons)
    else:
        msg.good(f"verdict: {result.verdict}", reasons)


if __name__ == "__main__":
    run_step(check_quality)
