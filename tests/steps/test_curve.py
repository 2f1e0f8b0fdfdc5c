"""The step `curve`: points, pictures and the sentence; interrupted and run again."""

import json
from pathlib import Path

import pytest
from tests.builders import ROOT, example
from tests.builders.packs import make_pack
from typer.testing import CliRunner

import curve
from console.step import make_app
from phantom.corpora.docbin import to_doc, write_docbin
from phantom.jsonl import write_json, write_jsonl
from phantom.records import Example
from phantom.runtime import blank_pipeline


def records(word: str, count: int, **more: str) -> list[Example]:
    told = (
        f"Give <CHEMICAL id=1>{word}</CHEMICAL> {{}} for <DISEASE id=2>gout</DISEASE>"
    )
    return [example(told.format(i), id=f"{word}{i}", **more) for i in range(count)]


def call(folder: Path, test: str, *more: str) -> str:
    paths = ("tiny", "corpus", "ward/gold.jsonl", test, "out")
    result = CliRunner().invoke(
        make_app(curve.curve),
        [
            *(str(folder / path) for path in paths),
            *("--kind", "private", "--train-on-private", "ward"),
            *("--config", str(ROOT / "configs" / "smoke.cfg"), "--steps", "10"),
            *("--synthetic", "8", "--gold", "4", *more),
        ],
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


@pytest.mark.slow
def test_points_are_drawn_and_not_trained_twice(tmp_path: Path) -> None:
    make_pack(tmp_path)
    nlp, synthetic = blank_pipeline("en"), records("iron", 8, model="m")
    for side in ("train", "dev"):
        docs = [to_doc(nlp, x) for x in synthetic]
        write_docbin(tmp_path / "corpus" / f"{side}.spacy", docs, nlp.vocab)
        write_jsonl(tmp_path / "corpus" / f"{side}.jsonl", synthetic)
    write_json(tmp_path / "corpus" / "labels" / "relation_extractor.json", {})
    write_jsonl(tmp_path / "ward" / "gold.jsonl", records("zinc", 5))
    write_jsonl(tmp_path / "ward" / "dev.jsonl", records("zinc", 3))
    output = call(tmp_path, "ward/dev.jsonl", "--limit", "3", "--seeds", "0")
    assert "8 synthetic passages are worth" in output
    points = tmp_path / "out" / "points"
    assert sorted(x.stem for x in points.iterdir()) == ["0-4-0", "8-0-0", "8-4-0"]
    # A point that is lost is made anew; those that are there are taken as they are.
    (points / "0-4-0.json").unlink()
    path = points / "8-0-0.json"
    kept = json.loads(path.read_text())
    kept["scores"]["ents_f"] = 0.123
    path.write_text(json.dumps(kept))
    start = tmp_path / "out" / "pipelines" / "8-0-0"
    call(
        *(tmp_path, "ward/dev.jsonl", "--limit", "3", "--seeds", "0"),
        *("--on", f"mine={start}"),
    )
    assert {"mine-0-0", "mine-4-0"} < {x.stem for x in points.iterdir()}
    (worth,) = json.loads((tmp_path / "out" / "curve.json").read_text())
    own = [x for x in worth["means"] if not x["on"]]
    means = {(x["synthetic"], x["gold"]): x["mean"] for x in own}
    assert len(means) == 3 and means[8, 0] == 0.123
    assert (tmp_path / "out" / "curve.html").is_file()
    assert "<th>on top of" in (tmp_path / "out" / "curve.html").read_text()
    with pytest.raises(ValueError, match="NAME=FOLDER"):
        call(tmp_path, "ward/dev.jsonl", "--on", "mine=nowhere")
    with pytest.raises(ValueError, match="another folder, or delete"):
        call(tmp_path, "ward/dev.jsonl", "--limit", "2", "--seeds", "0")
    with pytest.raises(ValueError, match="two splits"):
        call(tmp_path, "ward/gold.jsonl")
    with pytest.raises(ValueError, match="numbers with commas"):
        call(tmp_path, "ward/dev.jsonl", "--limit", "3", "--seeds", "a")
