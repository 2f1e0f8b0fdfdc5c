"""A tiny pack with planted words in real text, the check on it, and the next plan."""

import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from tests.builders import example
from tests.builders.packs import DOMAIN
from typer.testing import CliRunner

import check as check_step
import plan
from console.step import make_app
from phantom.checks.engine.config import DATA
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.prompts.prompter import Prompter
from phantom.records import Example, Spec

TEMPLATES = Path("assets/domains/medicine/prompts")
USED = ("realism_statistics", "entity_statistics", "adversarial")
# Words that no other text of these tests has.
PLANTED = ("zorbleth", "quixnar", "vumpish", "plimth")
TAILS = ("in the ward", "at night", "on Monday", "over a year", "after lunch")


def make_pack(path: Path) -> Pack:
    """Diseases, the templates of medicine, and three checks."""
    shutil.copytree(TEMPLATES, path / "prompts")
    names = [f"illness {chr(97 + i)}{chr(97 + j)}" for i in range(9) for j in range(9)]
    (path / "names.tsv").write_text("\n".join(["name", *names]) + "\n")
    (path / "domain.yml").write_text(DOMAIN)
    (path / "guidelines.md").write_text("Mark diseases.")
    defaults = yaml.safe_load((DATA / "checks.yml").read_text())
    checks: dict[str, Any] = {
        name: False for name in defaults["checks"] if name not in USED
    }
    checks["entity_statistics"] = {"reference": {"share_without_entity": 0.1}}
    own = yaml.safe_dump({"checks": checks})
    (path / "checks.yml").write_text(own)
    return load_pack(path)


def synthetic() -> list[Example]:
    return [
        example(f"Notably, {i % 3 + 2} of them got better {tail}.", id=f"s{i}")
        for i, tail in enumerate(TAILS * 24)
    ]


def real(count: int = 120) -> list[Example]:
    texts = [
        f"Quixnar vumpish had, as ever, a zorbleth, a plimth {tail}, no more."
        for tail in TAILS * 24
    ]
    return [Example(id=f"r{i}", text=text) for i, text in enumerate(texts[:count])]


def check(pack: Pack, folder: Path, *more: str, count: int = 120) -> str:
    """Run the step on the two corpora; real text is in real/text.jsonl."""
    write_jsonl(folder / "accepted.jsonl", synthetic())
    write_jsonl(folder / "real/text.jsonl", real(count))
    call = [str(pack.path), *(str(folder / x) for x in ("accepted.jsonl", ".", "m"))]
    call += ["--no-model", "--real", str(folder / "real"), *more]
    # Its pictures are no business of hints, and take most of the time.
    with patch("phantom.reports.quality.files.to_html", lambda report: ""):
        result = CliRunner().invoke(make_app(check_step.check), call)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def run_plan(pack: Pack, folder: Path, total: int, hints: Path | None = None) -> str:
    call = [str(pack.path), str(folder), str(folder / "completions.jsonl")]
    call += ["--total", str(total), "--hints", str(hints or "")]
    result = CliRunner().invoke(make_app(plan.plan), call)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def read_plan(folder: Path) -> list[Spec]:
    return list(read_jsonl(folder / "round-1/specs.jsonl", Spec))


def prompts(pack: Pack, specs: list[Spec]) -> str:
    prompter = Prompter(pack)
    parts = (prompter.render([spec]).messages() for spec in specs)
    return "\n".join(message["content"] for part in parts for message in part)


def planted(text: str) -> set[str]:
    return {word for word in PLANTED if word in text.lower()}
