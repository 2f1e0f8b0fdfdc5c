"""Pipelines of rows: finished ones by seed, trained ones once, self-trained ones."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
import worth_rows
from tests.builders import example
from tests.builders.worth_runs import measure, worth, worth_pipelines

from phantom.jsonl import write_jsonl
from phantom.training import adapted
from phantom.training.adapt import Adaptation
from phantom.training.passes import AdaptSettings
from phantom.training.scoring import Scores
from phantom.training.self_training import PseudoLabels


def put_pipeline(folder: Path, **meta: Any) -> Path:
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps(meta))
    return folder


def test_finished_pipelines_come_by_seed(tmp_path: Path) -> None:
    """A path with = in it is that of seed 0 unless a number stands before the =."""
    zero, one = put_pipeline(tmp_path / "a=b"), put_pipeline(tmp_path / "one")
    read = worth_pipelines.read_pipelines
    assert read([str(zero), f"1={one}"], [0, 1]) == {0: zero, 1: one}
    assert read([f"0={zero}"], [0]) == {0: zero} and read([], [0]) == {}
    for given, why in (
        ([f"0={tmp_path}"], r"no pipeline \(meta\.json\)"),
        ([str(zero), f"0={one}"], "given twice"),
        ([f"3={one}"], "seed 3 is not of --seeds"),
    ):
        with pytest.raises(ValueError, match=why):
            read(given, [0, 1])


def test_a_pipeline_is_trained_once_and_not_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, int]] = []

    def train(folder: Path, row: str, name: str, count: int, seed: int) -> None:
        made.append((row, seed))
        put_pipeline(folder)

    finished = put_pipeline(tmp_path / "finished")
    pipelines = measure(tmp_path, pipelines={1: finished}).pipelines
    monkeypatch.setattr(pipelines, "trained", train)
    documents = worth_rows.DOCUMENTS
    assert pipelines.pipeline(documents, "bc5cdr", 0, 1) == finished
    first = pipelines.pipeline(documents, "bc5cdr", 0, 0)
    assert pipelines.pipeline(documents, "ncbi_disease", 0, 0) == first
    assert made == [(documents, 0)]
    pipelines.args.corpus = tmp_path / "other"
    with pytest.raises(ValueError, match="delete it"):
        pipelines.pipeline(documents, "bc5cdr", 0, 0)


def test_unlabelled_text_has_no_sentence_of_any_split(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Train and dev too; a sentence of a document counts, a heading does not."""
    shared = "Ten patients with gout were given the drug."
    for path, text in (
        ("ncbi_disease/train.jsonl", "The gene is on the short arm of X."),
        ("bc5cdr/dev.jsonl", "Rats fell asleep at once, as before."),
        ("bc5cdr_cid/dev.jsonl", f"Gout in ten patients\n\n{shared} Methods."),
    ):
        write_jsonl(tmp_path / path, [example(text, id="g", meta={"pmid": "1"})])
    texts = [
        "The gene is on the short arm of X.",
        "RATS fell asleep at once, as before!",
        f"Methods. {shared}",
        "Methods. Nobody had read this sentence of ours before.",
    ]
    (tmp_path / "pubmed.txt").write_text("\n".join(texts))
    one = measure(tmp_path, unlabelled=[tmp_path / "pubmed.txt"])
    assert [x.text for x in one.pipelines.unlabelled.examples] == texts[3:]
    assert "1 of 4 unlabelled texts" in capsys.readouterr().out


def test_what_is_sure_trains_the_pipeline_of_the_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pubmed.txt").write_text("Gout hurts.\nNo names.\nIron helps.\n")
    one = measure(
        tmp_path, unlabelled=[tmp_path / "pubmed.txt"], take=2, rows=[worth.UNLABELLED]
    )
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", name="ner")
    ruler.add_patterns([{"label": "DISEASE", "pattern": "gout"}])  # type: ignore[attr-defined]
    scores = [Scores(ents_f=f, rel_micro_f=None) for f in (0.9, 0.895)]
    asked: list[tuple[int, int]] = []

    def label(nlp: Any, texts: list[Any], line: str) -> Any:
        asked.append((len(texts), seeds[-1]))
        if line == "unsure":
            raise ValueError("of 2 texts none has a mention")
        marked = example("<DISEASE id=1>Gout</DISEASE> hurts.", id="t")
        marked = marked.model_copy(
            update={"origin": "public", "sources": ("pubmed.txt",)}
        )
        return [marked], PseudoLabels(
            texts=2, kept=1, mentions=1, torn=1, empty=0, bound=0.9
        )

    def train(nlp: Any, gold: list[Any], old: Any, dev: Any, **more: Any) -> Adaptation:
        assert more["settings"] == AdaptSettings(passes=1, seed=0)
        return Adaptation(
            **{"examples": len(gold), "mentions": 1, "relations": 0, "rehearsed": 0},
            **{"passes": 1, "before": scores[0], "after": scores[1], "seconds": 2.04},
            settings=more["settings"],
        )

    seeds: list[int] = []
    lines = ["unsure"]
    monkeypatch.setattr(
        one.pipelines, "finished", lambda seed: seeds.append(seed) or (nlp, [], [])
    )
    monkeypatch.setattr(worth_pipelines, "calibrate", lambda *_: lines[-1])
    monkeypatch.setattr(worth_pipelines, "pseudo_label", label)
    monkeypatch.setattr(worth_pipelines, "adapt", train)
    monkeypatch.setattr(one, "score", lambda _, name: {name: {"f": 0.5}})
    assert list(one.results()) == []
    assert "left out: of 2 texts none has a mention" in capsys.readouterr().out
    lines.append("sure")
    found = list(one.results())
    assert [x["gold"] for x in found] == ["ncbi_disease", "bc5cdr"]
    # Two tries that were not sure, one for each data set; one training for both.
    assert asked == [(2, 0)] * 3
    assert found[1]["adapted"] == {
        **{"examples": 1, "passes": 1, "share": 1.0, "seconds": 2.0},
        "forgotten": 0.5,
    }
    meta = json.loads(
        (tmp_path / "out/pipelines/with_unlabelled_public_text-0/meta.json").read_text()
    )
    assert meta["adapted"][0]["origins"]["public"] == 1 and adapted.STALE[0] not in meta
