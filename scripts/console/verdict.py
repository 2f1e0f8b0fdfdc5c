"""What check prints: the findings, the verdict, the command of the next round."""

import re
from collections import Counter
from pathlib import Path

from wasabi import msg

from console.step import print_counts
from phantom.checks.engine.result import QualityResult
from phantom.feedback.hints import Hints


def print_result(result: QualityResult) -> None:
    """Print what each check found, and the verdict with its reasons."""
    found = Counter(f"{f.check}: {f.action}" for f in result.findings)
    if found:
        print_counts("findings", found, result.given)
    reasons = "\n".join(result.reasons())
    if result.verdict == "fail":
        msg.fail(f"verdict: {result.verdict}", reasons)
    else:
        msg.good(f"verdict: {result.verdict}", reasons)


def print_skipped(result: QualityResult, report: Path, sources: list[Path]) -> None:
    """Say how many checks were not run, and which files or folders hold nothing."""
    for path in sources:
        if not path.exists():
            # A private folder that is misspelled would protect nobody.
            msg.warn(f"{path}: no such file or folder; nothing was compared with it")
    if not result.skipped:
        return
    here = Path.cwd()
    empty = [
        str(path.relative_to(here) if path.is_relative_to(here) else path)
        for path in sources
        if path.is_dir() and not any(path.rglob("*"))
    ]
    because = f"; nothing in {', '.join(empty)}" * bool(empty)
    skipped = f"{len(result.skipped)} of {len(result.seconds)} checks not run"
    msg.info(f"{skipped} (why: {report}{because})")


def print_next_round(hints: Hints, path: Path, pack_path: Path) -> None:
    """Say how the hints are taken up, and which stay in the house and why."""
    for reason, count in hints.left_out.items():
        msg.info(f"{count} hints left out of {path}: {reason}")
    if not hints.hints:
        return
    if path.absolute().parts[-4:-2] != ("corpus", pack_path.name):
        msg.info(
            f"{len(hints.hints)} hints in {path}, which a plan can take up (--hints)"
        )
        return
    packs = pack_path.parent
    number = re.fullmatch(r"round-(\d+)", path.parent.name)
    variables = {
        "packs": "" if packs == Path("assets/domains") else str(packs),
        "domain": pack_path.name,
        "round": str(int(number[1]) + 1) if number else "",
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
