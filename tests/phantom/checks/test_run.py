import json
import unicodedata
from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.packs import config_of, make_context

from phantom.checks.engine.base import Measure
from phantom.checks.engine.config import Waiver
from phantom.checks.engine.run import run_checks
from phantom.jsonl import write_jsonl
from phantom.records import Example
from phantom.reports.quality import build_report, to_html, to_markdown

LEAK = "Write to jane.roe@clinic.org about the asthma."


def test_actions_and_order(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    corpus = [
        example("<DISEASE id=1>The asthma</DISEASE> was mild.", id="a"),
        example("The <DISEASE id=1>asthma</DISEASE> was mild!", id="b"),
        example("Some <DISEASE id=1>disorder</DISEASE> had come.", id="c"),
    ]
    names = ("exact_duplicates", "boundaries", "label_in_passage")
    result = run_checks(corpus, context, config_of(context, *names))
    assert [(x.id, f.check) for x, f in result.rejected] == [("b", "exact_duplicates")]
    assert {x.id: [e.text for e in x.entities] for x in result.examples} == {
        "a": ["asthma"],
        "c": [],
    }
    assert set(result.repaired) == {"a", "c"}
    assert result.repaired["a"] == corpus[0]
    assert result.verdict == "pass"
    assert len(result.examples) + len(result.rejected) == result.given


def test_a_target_fails_the_corpus_until_it_is_waived(tmp_path: Path) -> None:
    checks = "targets: {unique_surfaces_DISEASE: {min: 0.9, status: fail}}"
    context = make_context(tmp_path, checks)
    corpus = [
        example("The <DISEASE id=1>asthma</DISEASE>.", id=f"e{i}") for i in range(4)
    ]
    config = config_of(context, "surfaces")
    result = run_checks(corpus, context, config)
    assert result.verdict == "fail"
    assert "unique_surfaces_DISEASE is 0.25, target at least 0.9" in result.reasons()[0]
    waiver = Waiver(check="surfaces", reason="unique_surfaces_DISEASE", why="a toy")
    waived = config.model_copy(update={"waivers": [waiver]})
    assert run_checks(corpus, context, waived).verdict == "pass with waivers"
    varied = [
        example(f"The {x}.", id=f"e{i}", mentions=[(x, "DISEASE")])
        for i, x in enumerate(("asthma", "gout", "fever"))
    ]
    assert run_checks(varied, context, config).verdict == "pass"


def test_any_check_may_downweight(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    corpus = [example("A <DISEASE id=1>disorder</DISEASE> came.", id="a")]
    config = config_of(context, "boundaries")
    config = config.model_copy(
        update={"checks": {"boundaries": {"action": "downweight"}}}
    )
    (kept,) = run_checks(corpus, context, config).examples
    assert kept.entities == corpus[0].entities and kept.weight == 0.5


def test_leak_blocks_until_it_is_waived(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    corpus = [example(LEAK, id="a"), example("Nothing is wrong here.", id="b")]
    config = config_of(context, "pii")
    result = run_checks(corpus, context, config)
    assert result.verdict == "fail" and "pii" in result.reasons()[0]
    assert [x.id for x in result.examples] == ["b"]
    waived = [Waiver(check="pii", reason="email", why="an invented address")]
    result = run_checks(corpus, context, config.model_copy(update={"waivers": waived}))
    assert result.verdict == "pass with waivers"
    assert [x.id for x in result.examples] == ["a", "b"]
    other = [Waiver(check="pii", ids=["b"], why="another passage")]
    result = run_checks(corpus, context, config.model_copy(update={"waivers": other}))
    assert result.verdict == "fail"


def test_waiver_by_reason_only_covers_that_reason(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    config = config_of(context, "pii").model_copy(
        update={"waivers": [Waiver(check="pii", reason="phone", why="switchboard")]}
    )
    assert run_checks([example(LEAK, id="a")], context, config).verdict == "fail"


def test_missing_input_is_told_not_hidden(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    names = ("benchmark_overlap", "memorisation", "semantic_duplicates", "canaries")
    result = run_checks(
        [example("Some text.", id="a")], context, config_of(context, *names)
    )
    assert set(result.skipped) == set(names)
    assert all(result.skipped.values())


def test_equal_ids_are_refused(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    twice = [example("One.", id="a"), example("Two.", id="a")]
    with pytest.raises(ValueError, match="'a'"):
        run_checks(twice, context, config_of(context, "pii"))


def test_kept_duplicate_does_not_depend_on_order(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    corpus = [
        example("The asthma was mild in ward nine.", id="b"),
        example("The asthma was mild in ward nine!", id="a"),
        example("the <DISEASE id=1>asthma</DISEASE> was mild in ward nine", id="c"),
    ]
    config = config_of(context, "exact_duplicates")
    for order in (corpus, corpus[::-1]):
        assert [x.id for x in run_checks(order, context, config).examples] == ["c"]


def test_leaks_of_benchmark_private_text_and_canary(tmp_path: Path) -> None:
    sentence = (
        "Eleven of the forty volunteers were asked to come back after the second "
        "interview because the tape had been wiped by accident."
    )
    path = tmp_path / "test.jsonl"
    write_jsonl(path, [Example(id="bench-1", text=sentence)])
    context = make_context(
        tmp_path, benchmarks=[path], private=[path], canaries=["zebra-9941-oak"]
    )
    words = sentence.split()
    words[4], words[15] = "patients", "since"
    corpus = [
        example(f"As noted, {sentence}", id="copy"),
        example(" ".join(words), id="edited"),
        example("The code Zebra 9941 Oak was read out.", id="canary"),
        example("The volunteers were asked to come after an interview.", id="fine"),
    ]
    config = config_of(context, "benchmark_overlap", "canaries")
    result = run_checks(corpus, context, config)
    assert [x.id for x in result.examples] == ["fine"]
    found = {f.ids[0]: (f.reason, f.severity) for f in result.findings}
    assert found == {
        "copy": ("shared_ngram", "block"),
        "edited": ("near_copy", "block"),
        "canary": ("canary", "block"),
    }
    result = run_checks(corpus, context, config_of(context, "private_overlap"))
    assert {f.ids[0] for f in result.findings} == {"copy", "edited"}


def test_leaks_are_seen_through_other_characters(tmp_path: Path) -> None:
    sentence = "Die Rückenschmerzen der Frau Öz haben über Nacht spürbar nachgelassen."
    path = tmp_path / "own.txt"
    path.write_text(unicodedata.normalize("NFD", sentence), encoding="utf-8")
    context = make_context(tmp_path, private=[path])
    copy = example(sentence.replace("schmerzen", "\u00adschmerzen"), id="copy")
    result = run_checks([copy], context, config_of(context, "private_overlap"))
    assert [f.reason for f in result.findings] == ["shared_ngram"]


def test_nothing_left_is_a_result(tmp_path: Path) -> None:
    context = make_context(tmp_path, "checks: {language: {action: reject}}")
    german = (
        "Die Untersuchung wurde an zwölf Tagen mit der gleichen Dosis wiederholt, und "
        "die Werte lagen nicht über denen vom Morgen."
    )
    names = ("language", "near_duplicates", "adversarial", "memorisation")
    config = config_of(context, *names)
    result = run_checks([example(german, id="a")], context, config)
    assert not result.examples and len(result.rejected) == 1
    assert set(result.skipped) == set(names[1:])


def test_report_is_the_same_twice_and_escapes(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    corpus = [
        example("A <b>bold</b> claim on <DISEASE id=1>asthma</DISEASE>.", id="a"),
        example(LEAK, id="b", mentions=[("asthma", "DISEASE")]),
        example(
            "<CHEMICAL id=1>Zolpin</CHEMICAL> relieves <DISEASE id=2>asthma</DISEASE>.",
            (1, "TREATS", 2),
            id="c",
        ),
    ]
    config = config_of(context, "artefacts", "pii", "people", "quotas")
    reports = [
        build_report(run_checks(corpus, context, config), "Tiny") for _ in range(2)
    ]
    for report in reports:
        for check in report["checks"]:
            check.pop("seconds")
            check["seconds"] = 0.0
    assert reports[0] == reports[1]
    page = to_html(reports[0])
    assert page == to_html(json.loads(json.dumps(reports[1])))
    assert "&lt;b&gt;bold" in page and "<b>bold" not in page
    assert "TREATS" in page and "<svg" in page and "fail" in page
    assert to_markdown(reports[0]).startswith("# Quality of the corpus: fail")


def test_the_worst_findings_come_first(tmp_path: Path) -> None:
    many = "Then the asthma, the fever and the gout."
    names = [(f"the {x}", "DISEASE") for x in ("asthma", "fever", "gout")]
    corpus = [
        *(
            example(f"Case {i}: the gout.", id=f"e{i:02}", mentions=[names[2]])
            for i in range(20)
        ),
        example(many, id="worst", mentions=names),
    ]
    context = make_context(tmp_path)
    result = run_checks(corpus, context, config_of(context, "boundaries"))
    (group,) = build_report(result, "Tiny")["worst"]
    assert group["total"] == 21 and len(group["findings"]) == 12
    assert group["findings"][0]["id"] == "worst"
    odd = [f.model_copy(update={"low_is_worse": True}) for f in result.findings]
    result.findings = odd
    (group,) = build_report(result, "Tiny")["worst"]
    assert "worst" not in [f["id"] for f in group["findings"]]


def test_rows_of_a_table_may_lack_columns(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    result = run_checks(
        [example("The <DISEASE id=1>asthma</DISEASE> was mild.", id="a")],
        context,
        config_of(context, "exact_duplicates"),
    )
    report = build_report(result, "Tiny")
    rows = [{"value": "x", "first": 1}, {"value": "y", "second": 2}]
    measure = Measure(check="quotas", name="cells", value=2.0)
    report["measures"] = [{**vars(measure), "rows": rows}]
    page = to_html(report)
    assert all(f">{name}</button>" in page for name in ("value", "first", "second"))
