"""Check a curated corpus: labels, copies, leaks, realism, balance; one report."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from phantom.checks import CheckContext, load_config
from phantom.encoder import Encoder
from phantom.hints import Hints
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.pack import load_pack
from phantom.private import all_public, private_roots
from phantom.quality import QualityResult, run_checks
from phantom.quality_report import build_report, make_hints, to_html, to_markdown
from phantom.records import Example, Rejected
from step import print_counts, run_step

Paths = list[Path]
PROJECT = Path(__file__).absolute().parents[1] / "project.yml"
TEXT = ("*.jsonl", "*.txt")


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
    public: Annotated[
        str, Option(help="Real text, commas between, that hints may quote")
    ] = "",
    project: Annotated[
        Path, Option(help="A project.yml; vars.private lists more private text")
    ] = PROJECT,
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
        benchmarks=_files(benchmarks, ("test.jsonl",)),
        real=_files(real, TEXT),
        private=_files([*private, *_listed(project, private)], ("*.*",)),
        holdout=_files(holdout, ("*.*",)),
        encoder=Encoder() if model else None,
    )
    owned = private_roots(project) + [path.resolve() for path in private]
    declared = [Path(part.strip()) for part in public.split(",") if part.strip()]
    is_public = all_public(context.real, declared, owned)
    result = run_checks(read_jsonl(accepted_path, Example), context, config)
    report = build_report(result, pack.domain.title)

    _write_corpus(result, corpus_path)
    metrics_path.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (metrics_path / "quality.json").write_text(text, encoding="utf-8")
    (metrics_path / "quality.html").write_text(to_html(report), encoding="utf-8")
    (metrics_path / "quality.md").write_text(to_markdown(report), encoding="utf-8")
    passages = len(context.real_examples) if context.real else 0
    reference = config.checks.get("entity_statistics", {}).get("reference")
    hints = make_hints(report, passages, is_public, reference)
    hints_path = metrics_path / "hints.json"
    hints_path.write_text(hints.model_dump_json(indent=1) + "\n", encoding="utf-8")

    _print(result)
    if result.skipped:
        absent = [str(p) for p in (*benchmarks, *real, *private) if not p.exists()]
        because = f"; absent: {', '.join(absent)}" * bool(absent)
        skipped = f"{len(result.skipped)} of {len(result.seconds)} checks not run"
        msg.info(f"{skipped} (why: {metrics_path / 'quality.md'}{because})")
    msg.good(
        f"{len(result.examples):,} of {result.given:,} examples pass",
        f"report: {metrics_path / 'quality.html'}",
    )
    _print_next_round(hints, hints_path, pack_path)
    if strict and result.verdict == "fail":
        raise ValueError("the corpus fails\n" + "\n".join(result.reasons()))


def _listed(project: Path, known: Paths) -> Paths:
    """What a project lists as private, is there, and was not named already."""
    seen = {path.resolve() for path in known}
    roots = private_roots(project)
    return [path for path in roots if path.exists() and path not in seen]


def _files(paths: Paths, patterns: Sequence[str]) -> Paths:
    found: Paths = []
    for path in paths:
        if path.is_file():
            found.append(path)
        else:
            found += sorted(p for pattern in patterns for p in path.rglob(pattern))
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
    if found:
        print_counts("findings", found, result.given)
    reasons = "\n".join(result.reasons())
    if result.verdict == "fail":
        msg.fail(f"verdict: {result.verdict}", reasons)
    else:
        msg.good(f"verdict: {result.verdict}", reasons)


def _print_next_round(hints: Hints, path: Path, pack_path: Path) -> None:
    """Say how the hints are taken up, and which stay in the house and why."""
    for reason, count in hints.left_out.items():
        msg.info(f"{count} hints left out of {path}: {reason}")
    if not hints.hints:
        return
    packs = pack_path.parent
    variables = {
        "packs": "" if packs == Path("assets/domains") else str(packs),
        "domain": pack_path.name,
        "hints": str(path),
        "examples": "N",
        "llm": "configs/llm/openai.cfg",
    }
    options = " ".join(f"--vars.{k} {v}" for k, v in variables.items() if v)
    msg.info(
        f"{len(hints.hints)} hints in {path}. The next round, of N specs with those of "
        "this one (`run plan` tells the cost first):"
    )
    # Not through wasabi, which would wrap it.
    print(f"python -m spacy project run data . {options}")


if __name__ == "__main__":
    run_step(check_quality)
