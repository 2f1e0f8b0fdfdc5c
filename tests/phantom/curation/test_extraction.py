"""The LLM as the labeller, beside a pipeline, on the same texts."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from tests.builders import MEDICINE
from tests.fault_server import FaultServer, serve
from typer.testing import CliRunner

import evaluate_extract
import extract
from console.step import make_app
from phantom.evaluation.gold import find_gold
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Entity, Example
from phantom.reports.reference import ComparedRun

TEXTS = ("TP53 rose", "BRCA1 fell", "no gene here", "TP53 rose")


def call(step: Any, *args: object) -> Any:
    return CliRunner().invoke(make_app(step), [str(arg) for arg in args])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts with gold labels, and two runs of extract over them."""
    folder = tmp_path_factory.mktemp("own")
    gold = []
    for number, text in enumerate(TEXTS):
        first = text.split()[0]
        gene = Entity(start=0, end=len(first), label="GENE", text=first)
        entities = (gene,) if first != "no" else ()
        gold.append(Example(id=f"t{number}", text=text, entities=entities))
    write_jsonl(folder / "texts.jsonl", gold)
    state = FaultServer()
    with serve(state) as url:
        for shots in (0, 1):
            result = call(
                extract.extract,
                MEDICINE,
                folder / "texts.jsonl",
                folder / "out",
                *("--set", f"llm.base_url={url}", "--shots", shots),
                *("--private", ""),
            )
            assert result.exit_code == 0, result.output
            assert "Per 1,000 texts: 0." in result.output
    assert state.requests[0]["messages"][-1]["content"].count('{"id"') == 3
    return folder


def test_a_text_that_repeats_is_asked_for_once_and_labelled_each_time(
    folder: Path,
) -> None:
    path = next((folder / "out").glob("*-0-shot.predictions.jsonl"))
    found = list(read_jsonl(path, Example))
    assert [x.text for x in found] == list(TEXTS)
    assert found[0].entities == found[3].entities != ()


@pytest.mark.slow
def test_scores_stand_beside_those_of_the_pipeline(folder: Path) -> None:
    nlp = spacy.blank("xx")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "GENE", "pattern": "BRCA1"}])
    nlp.to_disk(folder / "pipeline")
    result = call(
        evaluate_extract.evaluate_extract,
        MEDICINE,
        folder / "out",
        *("--pipeline", folder / "pipeline", "--output", folder / "extract.json"),
        *("--resamples", 10),
    )
    assert result.exit_code == 0, result.output
    report = json.loads((folder / "extract.json").read_text())
    assert len(report) == 2
    for run in report.values():
        ComparedRun.model_validate(run)
        micro = {
            name: scores["entities"]["systems"]["pipeline"]["micro"]
            for name, scores in run["systems"].items()
        }
        local, labeller = micro.values()
        # The server marks the first word of each text, the ruler finds one of three.
        assert (labeller["p"], labeller["r"]) == (0.75, 1.0)
        assert (local["p"], local["r"]) == (1.0, pytest.approx(1 / 3, abs=1e-3))
        assert run["figures"]["cost_per_1000"] > 0
    assert "gpt-4.1-mini, 1-shot" in result.output
    assert "local pipeline" in result.output


@pytest.mark.slow
def test_labels_are_held_against_gold_without_a_pipeline(folder: Path) -> None:
    """The server marks the first word of each text, a gene in three of four."""
    result = call(
        evaluate_extract.evaluate_extract,
        *(MEDICINE, folder / "out", "--output", folder / "agreement.json"),
        *("--resamples", 10),
    )
    assert result.exit_code == 0, result.output
    assert "local pipeline" not in result.output and "75.0" in result.output
    report = json.loads((folder / "agreement.json").read_text())
    for run in report.values():
        ComparedRun.model_validate(run)
        ((name, scores),) = run["systems"].items()
        assert name.startswith("gpt-4.1-mini")
        assert scores["entities"]["systems"]["pipeline"]["micro"]["p"] == 0.75


def test_text_without_gold_has_nothing_to_agree_with(
    folder: Path, tmp_path: Path
) -> None:
    gold = list(read_jsonl(folder / "texts.jsonl", Example))
    bare = [x.model_copy(update={"entities": ()}) for x in gold]
    write_jsonl(tmp_path / "texts.jsonl", bare)
    for path in (folder / "out").glob("*-0-shot*"):
        text = path.read_text().replace(str(folder), str(tmp_path))
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / path.name).write_text(text)
    result = call(
        evaluate_extract.evaluate_extract,
        *(MEDICINE, tmp_path / "out", "--output", tmp_path / "x.json"),
    )
    assert "no gold labels" in " ".join(result.output.split())
    assert "no run on text with gold" in str(result.exception)


def test_a_benchmark_is_known_by_its_path(tmp_path: Path) -> None:
    pack = load_pack(MEDICINE)
    gold = find_gold(pack, tmp_path / "gad" / "train.jsonl")
    assert (gold.name, gold.folder, gold.dataset.orig) == ("gad", tmp_path, True)
    own = find_gold(pack, tmp_path / "mine.jsonl")
    assert (own.name, own.split) == (tmp_path.name, "mine")


def test_nothing_to_score_is_explained(tmp_path: Path) -> None:
    more = ("--pipeline", tmp_path, "--output", tmp_path / "x.json")
    result = call(evaluate_extract.evaluate_extract, MEDICINE, tmp_path, *more)
    assert "Run extract first" in str(result.exception)


def test_labels_are_replayed_from_a_journal_without_a_server(
    folder: Path, tmp_path: Path
) -> None:
    """The journal of one run is the recording of another, and opens no connection."""
    journal = next((folder / "out").glob("*-0-shot.completions.jsonl"))
    result = call(
        extract.extract,
        MEDICINE,
        folder / "texts.jsonl",
        tmp_path,
        *("--llm", "configs/llm/recording.cfg", "--set", f"llm.path={journal}"),
        *("--private", ""),
    )
    assert result.exit_code == 0, result.output
    (path,) = tmp_path.glob("*-recording-0-shot.predictions.jsonl")
    first = next((folder / "out").glob("*-0-shot.predictions.jsonl"))
    replayed = [(x.text, x.entities) for x in read_jsonl(path, Example)]
    assert replayed == [(x.text, x.entities) for x in read_jsonl(first, Example)]
