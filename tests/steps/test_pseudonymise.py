"""The step pseudonymise: order kept, report beside, nothing of a name left."""

import json
from pathlib import Path

import pytest
from tests.builders import PETS, example
from typer.testing import CliRunner

import pseudonymise
from console.step import make_app
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Example


def run(folder: Path, *examples: Example) -> str:
    write_jsonl(folder / "in.jsonl", examples)
    arguments = [str(PETS), str(folder / "in.jsonl"), str(folder / "out.jsonl")]
    arguments += ["--secret", str(folder / "key"), "--no-presidio"]
    done = CliRunner().invoke(make_app(pseudonymise.run), arguments)
    if done.exception:
        raise done.exception
    return done.output


def test_records_keep_their_order_and_the_report_counts(tmp_path: Path) -> None:
    whose = ["a", "b", "a"]
    texts = ["Mrs Vumpish came.", "Vumpish is elsewhere.", "Vumpish has asthma."]
    output = run(
        tmp_path,
        *(
            example(text, id=str(i), patient=unit, origin="private")
            for i, (text, unit) in enumerate(zip(texts, whose, strict=True))
        ),
    )
    made = list(read_jsonl(tmp_path / "out.jsonl", Example))
    assert [x.id for x in made] == ["0", "1", "2"]
    assert "Vumpish" not in made[0].text + made[2].text
    # Nothing says of the other patient's note that this is a name.
    assert made[1].text == texts[1]
    assert made[0].meta["patient"] == made[2].meta["patient"] != made[1].meta["patient"]
    assert {x.origin for x in made} == {"private"}
    report = json.loads((tmp_path / "out.report.json").read_text())
    assert report["safe_harbor"][0]["replaced"] == 2
    assert (report["records"], report["units"]) == (3, 2)
    assert "Vumpish" not in output + json.dumps(report)


def test_a_record_without_a_patient_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'x' has no meta.patient"):
        run(tmp_path, example("Mrs Vumpish came."))
