"""The history over `evaluate`, `compare` and `trend`."""

import json
import shutil
from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.packs import make_pack

from compare import compare
from evaluate import evaluate
from phantom.evaluation.history import find_run, read_counts, read_history
from phantom.jsonl import write_jsonl
from phantom.records import Example
from trend import trend

BENCHMARKS = """
datasets:
  clinic:
    title: Clinic
    licence: CC0
    train: allowed
    tasks: [entities, relations]
    labels: {ILL: DISEASE, DRUG: CHEMICAL}
    relations: {TREATS: [TREATS]}
    splits: {dev: {file: dev.jsonl, use: dev}}
"""


def passage(i: int, drug: str, ill: str, source: str) -> Example:
    text = f"<{drug} id=1>Zolpin</{drug}> relieves <{ill} id=2>gout</{ill}> {i}."
    return example(text, (1, "TREATS", 2), id=f"{source}{i}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs on 40 real and 40 synthetic passages; the second finds all of them."""
    folder = tmp_path_factory.mktemp("project")
    pack = make_pack(folder)
    (pack.path / "benchmarks.yml").write_text(BENCHMARKS)
    real = [passage(i, "DRUG", "ILL", "r") for i in range(40)]
    own = [passage(i, "CHEMICAL", "DISEASE", "s") for i in range(40)]
    write_jsonl(folder / "data" / "dev.jsonl", real)
    write_jsonl(folder / "corpus" / "dev.jsonl", own)
    write_jsonl(folder / "corpus" / "train.jsonl", own[:3])
    ours = [passage(i, "CHEMICAL", "DISEASE", "r") for i in range(40)]
    poor = [x.model_copy(update={"entities": (), "relations": ()}) for x in ours[:10]]
    for number, found in enumerate(([*poor, *ours[10:]], ours)):
        write_jsonl(folder / "found.jsonl", [*own, *found])
        evaluate(
            pack.path,
            folder / "metrics" / f"round-{number}.json",
            predictions=folder / "found.jsonl",
            benchmarks=folder / "data",
            dev=folder / "corpus" / "dev.jsonl",
            train=folder / "corpus" / "train.jsonl",
            resamples=50,
        )
    return folder


def test_each_evaluation_is_a_line_with_its_digests(project: Path) -> None:
    history = project / "metrics" / "history.jsonl"
    one, two = read_history(history)
    assert (one.id, two.id, one.domain) == ("round-0.1", "round-1.1", "tiny")
    differing = {k for k in two.digests if one.digests[k] != two.digests[k]}
    assert differing == {"predictions"}
    assert {"training data", "dev data", "pack", "code"} <= set(one.digests)
    assert one.training["relations TREATS"] == 3
    assert "spacy" in one.versions and one.settings["split"] == "all"
    by_place = {(x.dataset, x.task, x.label): x.f for x in one.scores}
    for kept in read_counts(history, one):
        tp, fp, fn = kept.table(kept.labels).sum(axis=(0, 1))
        label = "micro" if len(kept.labels) > 1 else kept.labels[0]
        told = by_place[kept.dataset, kept.task, label]
        assert told == pytest.approx(2 * tp / (2 * tp + fp + fn), abs=1e-4)
    assert "Zolpin" not in history.read_text()


def test_the_gap_stands_in_the_metrics(project: Path) -> None:
    report = json.loads((project / "metrics" / "round-0.json").read_text())
    gap = report["gaps"][0]
    assert (gap["dataset"], gap["label"], gap["synthetic"]) == ("clinic", "micro", 1.0)
    assert gap["real"] == pytest.approx(2 * 60 / (2 * 60 + 20), abs=1e-4)


def test_compare_says_what_changed_and_what_differs(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = project / "metrics" / "history.jsonl"
    output = project / "compared.json"
    compare(history, "round-0", "round-1.1", output, resamples=400)
    shown = capsys.readouterr().out
    assert "predictions" in shown and "differs" in shown
    told = json.loads(output.read_text())
    assert [change["name"] for change in told["changes"]] == ["predictions"]
    differ = {(x["dataset"], x["label"]) for x in told["differences"] if x["differs"]}
    labels = ("micro", "DISEASE", "CHEMICAL", "TREATS")
    assert differ == {("clinic", label) for label in labels}
    compare(history, "round-1", "round-1", resamples=50)
    assert "made of the same" in capsys.readouterr().out


def test_the_page_holds_all_runs_and_fetches_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = project / "metrics" / "history.jsonl"
    page = project / "trend.html"
    trend(history, page)
    text = page.read_text()
    assert "round-0.1" in text and "round-1.1" in text and text.count("<svg") == 6
    assert "<td>predictions</td>" in text
    for mark in ("http://", "https://", "url(", "@import", "<script"):
        assert mark not in text
    copy = project / "copy" / "history.jsonl"
    copy.parent.mkdir()
    shutil.copy(history, copy)
    trend(copy, page)
    assert "2 runs have no counts" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(ValueError, match="evaluate round-0 again to compare it"):
        compare(copy, "round-0", "round-1")


def test_an_unknown_run_is_told_with_those_there_are(project: Path) -> None:
    history = project / "metrics" / "history.jsonl"
    with pytest.raises(ValueError, match="round-0.1, round-1.1"):
        find_run(read_history(history), "round-7")
    with pytest.raises(ValueError, match="no history yet; `evaluate` writes it"):
        read_history(project / "none.jsonl")
