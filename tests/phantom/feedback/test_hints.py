import json
import re
import shutil
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from tests.builders import example
from tests.builders.packs import DOMAIN, run_one
from typer.testing import CliRunner

import check as check_step
import plan
from console.step import make_app
from phantom.checks import CheckContext, Measure, load_config
from phantom.checks.engine.config import DATA
from phantom.feedback.from_checks import FROM_FEW, quote_words, say_figure
from phantom.feedback.hints import (
    QUOTES,
    Hint,
    Hints,
    add_style,
    read_hints,
    usable_hints,
)
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.language import load_language
from phantom.packs.pack import Pack, load_pack
from phantom.prompts.prompter import PRECEDENCE, Prompter
from phantom.records import Completion, Example, Spec

ENGLISH = load_language("en")
TEMPLATES = Path("assets/domains/medicine/prompts")
USED = ("realism_statistics", "entity_statistics", "adversarial")
# Words that no other text of these tests has.
PLANTED = ("zorbleth", "quixnar", "vumpish", "plimth")
TAILS = ("in the ward", "at night", "on Monday", "over a year", "after lunch")


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    path = tmp_path / "tiny"
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


def test_no_word_of_private_text_reaches_a_prompt(pack: Pack, tmp_path: Path) -> None:
    output = check(pack, tmp_path)
    hints = tmp_path / "hints.json"
    assert planted(hints.read_text()) == set()
    assert f"hints left out of {hints}: {QUOTES}" in output
    output = run_plan(pack, tmp_path, 40, hints)
    assert QUOTES in output
    specs = read_plan(tmp_path)
    text = prompts(pack, specs)
    assert planted((tmp_path / "round-1/specs.jsonl").read_text() + text) == set()
    # What the words of the synthetic text and bare figures say does reach them.
    assert "Use 'notably' rarely." in text
    assert "More words: about 13 per passage" in text
    assert planted((tmp_path / "m/quality.md").read_text()) == set()
    # The comparison saw the words: the report, which stays in the house, has them.
    assert planted((tmp_path / "m/quality.json").read_text()) == set(PLANTED)


def test_words_of_public_text_do(pack: Pack, tmp_path: Path) -> None:
    check(pack, tmp_path, "--public", f"elsewhere, {tmp_path / 'real'}")
    run_plan(pack, tmp_path, 40, tmp_path / "hints.json")
    specs = read_plan(tmp_path)
    assert planted(prompts(pack, specs)) == set(PLANTED)
    styled = [spec for spec in specs if spec.style]
    origins = {part.origin for part in Prompter(pack).render(styled[:2]).parts}
    assert "public" in origins


def test_public_in_part_is_private(pack: Pack, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "real/more.jsonl", real())
    check(pack, tmp_path, "--public", str(tmp_path / "real/text.jsonl"))
    assert planted((tmp_path / "hints.json").read_text()) == set()


def test_public_and_private_at_once_is_refused(pack: Pack, tmp_path: Path) -> None:
    folder = str(tmp_path / "real")
    with pytest.raises(ValueError, match="declared public"):
        check(pack, tmp_path, "--public", folder, "--private", folder)
    assert not (tmp_path / "m").exists()


def test_figures_of_few_passages_stay(pack: Pack, tmp_path: Path) -> None:
    output = check(pack, tmp_path, count=40)
    hints = read_hints(tmp_path / "hints.json")
    assert {hint.check for hint in hints.hints} == {"entity_statistics"}
    assert hints.left_out[FROM_FEW] and FROM_FEW in output
    assert hints.real_passages == 40


def test_the_next_round_is_named_as_the_project_names_it(
    pack: Pack, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus" / pack.path.name / "round-1"
    output = check(pack, folder)
    line = re.search(r"python -m spacy project run (\w+) \. (--vars.*)", output)
    assert line
    project = yaml.safe_load(Path("project.yml").read_text())
    assert line[1] in project["workflows"]
    names = re.findall(r"--vars\.(\w+)", line[2])
    assert {"hints", "examples", "domain", "packs"} <= set(names) <= {*project["vars"]}
    assert str(folder / "hints.json") in line[2]
    assert "--vars.round 2 " in line[2]


def test_where_commands_know_no_round_the_file_alone_is_named(
    pack: Pack, tmp_path: Path
) -> None:
    output = check(pack, tmp_path)
    assert "spacy project run" not in output and "(--hints)" in output


def test_what_did_not_run_is_one_line(pack: Pack, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "real", ignore_errors=True)
    write_jsonl(tmp_path / "accepted.jsonl", synthetic())
    call = [str(pack.path), *(str(tmp_path / x) for x in ("accepted.jsonl", ".", "m"))]
    call += ["--no-model", "--real", str(tmp_path / "real")]
    result = CliRunner().invoke(make_app(check_step.check), call)
    assert result.exit_code == 0, result.output
    assert "2 of 3 checks not run" in result.output
    assert f"nothing in {tmp_path / 'real'}" in " ".join(result.output.split())
    # No finding, so no table of findings; and no warning above a good verdict.
    assert "findings" not in result.output and "⚠" not in result.output
    report = (tmp_path / "m/quality.md").read_text()
    assert "vars.real_text" in report and "--real" not in report


def test_without_hints_the_plan_is_as_ever(pack: Pack, tmp_path: Path) -> None:
    check(pack, tmp_path)
    run_plan(pack, tmp_path, 40)
    before = (tmp_path / "round-1/specs.jsonl").read_bytes()
    plain = read_plan(tmp_path)
    assert PRECEDENCE not in prompts(pack, plain)
    run_plan(pack, tmp_path, 40, tmp_path / "hints.json")
    styled = read_plan(tmp_path)
    assert [s.model_copy(update={"style": []}) for s in styled] == plain
    assert all(spec.style for spec in styled)
    assert len({tuple(sorted(spec.style)) for spec in styled}) > 3
    assert PRECEDENCE in prompts(pack, styled[:1])
    assert Prompter(pack).digest == Prompter(pack).render(styled[:1]).digest
    run_plan(pack, tmp_path, 40)
    assert (tmp_path / "round-1/specs.jsonl").read_bytes() == before


def test_answered_specs_stay_and_the_round_goes_on(pack: Pack, tmp_path: Path) -> None:
    check(pack, tmp_path)
    hints = tmp_path / "hints.json"
    run_plan(pack, tmp_path, 30)
    first = read_plan(tmp_path)
    pack.recording.mkdir()
    write_jsonl(pack.recording / "specs.jsonl", first[:10])
    answer = json.dumps({"text": "Better.", "relations": []})
    write_jsonl(
        tmp_path / "completions.jsonl",
        [
            Completion(spec_ids=(s.id,), completion=answer, model="m", recorded="now")
            for s in first[10:20]
        ],
    )
    output = run_plan(pack, tmp_path, 45, hints)
    specs = read_plan(tmp_path)
    assert specs[:20] == first[:20]
    assert [spec.id for spec in specs[:30]] == [spec.id for spec in first]
    assert all(spec.style for spec in specs[20:])
    assert "25 new specs carry" in output
    # Planned once more, nothing moves.
    run_plan(pack, tmp_path, 45, hints)
    assert read_plan(tmp_path) == specs
    shutil.rmtree(pack.recording)
    write_jsonl(tmp_path / "round-1/specs.jsonl", first[10:20])
    output = run_plan(pack, tmp_path, 0, hints)
    assert "no spec to give hints to" in output and "--vars.examples" in output


def test_notes_do_not_gainsay_the_spec(pack: Pack) -> None:
    def hint(about: str, of: Literal["word", "entities"] = "word") -> Hint:
        return Hint(text=f"On {about}.", size=3, about=about, of=of)

    hints = [hint("results"), hint("asthma now"), hint("entities", "entities")]
    specs = [
        Spec(id="a", kind="treats", attributes={"section": "results"}),
        Spec(id="b", kind="treats", seeds={"DISEASE": ["severe Asthma"]}),
        Spec(id="c", kind="none"),
    ]
    notes = [set(spec.style) for spec in add_style(specs, hints, pack)]
    every = {hint.text for hint in hints}
    assert [every - note for note in notes] == [
        {"On results."},
        {"On asthma now."},
        {"On entities."},
    ]


def test_what_the_grid_decides_is_no_hint(pack: Pack) -> None:
    hints = Hints(
        public=False,
        real_passages=90,
        left_out={QUOTES: 2},
        hints=[
            Hint(text="a", check="x", size=1, about="kind"),
            Hint(text="b", check="x", size=1, about="section"),
            Hint(text="c", check="adversarial", size=1, about="z", quotes_real=True),
            Hint(text="d", check="x", size=1, about="commas"),
        ],
    )
    usable, left_out = usable_hints(hints, pack)
    assert [hint.text for hint in usable] == ["d"]
    assert left_out.pop(QUOTES) == 3
    assert all("domain.yml" in reason for reason in left_out) and len(left_out) == 2


def test_names_and_small_differences_give_no_hint() -> None:
    row = {"z": 5.0, "times": 9.0}
    rows = [{**row, "word": "notably"}, {**row, "word": "often", "times": 1.4}]
    (hint,) = quote_words(rows, ENGLISH, "word", 20)
    assert hint.text == "Use 'notably' rarely." and hint.of == "word"
    assert hint.size == 9.0 and not hint.quotes_real


def test_words_of_names_give_no_hint(pack: Pack) -> None:
    """A word that stands in mentions mostly is no habit of the writer."""
    text = "<DISEASE id=1>Grumbold</DISEASE> was notably mild {}."
    ours = [example(text.format(t), id=f"s{i}") for i, t in enumerate(TAILS * 4)]
    path = pack.path.parent / "real.jsonl"
    write_jsonl(path, real())
    context = CheckContext(pack, load_config(pack.path), real=[path])
    items = run_one("adversarial", ours, context)
    about = {item.about for item in items if isinstance(item, Hint)}
    assert "notably" in about and "grumbold" not in about
    (tales,) = (i for i in items if isinstance(i, Measure) and i.name == "tell_tales")
    assert "grumbold" in {row["word"] for row in tales.rows}


@pytest.mark.parametrize(
    "unit, feature, ours, real, text",
    [
        (
            "per passage",
            "words",
            88.8,
            123.4,
            "More words: about 120 per passage, not 89.",
        ),
        (
            "per 100 words",
            "hyphens",
            4.0,
            2.0,
            "Fewer hyphens: about 2 per 100 words, not 4.",
        ),
        ("per passage", "letters per word", 6.0, 5.0, "Use shorter words."),
        (
            "share",
            "starts with the",
            0.034,
            0.191,
            "Begin with 'The' more often: in 19% of passages, not 3%.",
        ),
        (
            "share",
            "without a known name",
            0.27,
            0.67,
            "Name nothing from the lexicons more often: in 67% of passages, not 27%.",
        ),
        (
            "per 100 words",
            "known names",
            6.9,
            2.3,
            "Fewer known names: about 2.3 per 100 words, not 6.9.",
        ),
    ],
)
def test_figures_have_two_digits(
    unit: str, feature: str, ours: float, real: float, text: str
) -> None:
    assert say_figure(ENGLISH, unit, feature, ours, real) == text


def test_a_file_that_is_none_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`check` writes"):
        read_hints(tmp_path / "hints.json")
    (tmp_path / "hints.json").write_text('{"hints": 1}')
    with pytest.raises(ValueError, match="run `check` again"):
        read_hints(tmp_path / "hints.json")
