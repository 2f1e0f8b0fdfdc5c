"""The step `soften`: a corpus in, a copy with softer labels out, and what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders import MEDICINE, ROOT, example
from typer.testing import CliRunner

import soften
from console.softening import show_softening
from console.step import make_app
from phantom.corpora.docbin import to_doc, write_docbin
from phantom.jsonl import write_json, write_jsonl
from phantom.runtime import blank_pipeline
from phantom.training.doubt import Softened, SoftenSettings

TOLD = "<CHEMICAL id=1>{}</CHEMICAL> helps in <DISEASE id=2>gout</DISEASE> ."


@pytest.mark.slow
def test_it_says_what_is_in_doubt(tmp_path: Path) -> None:
    nlp, corpus, output = blank_pipeline("en"), tmp_path / "corpus", tmp_path / "soft"
    names = ("iron", "zinc", "lithium", "heparin")
    rows = [example(TOLD.format(x), (1, "TREATS", 2), id=x, model="m") for x in names]
    for side in ("train", "dev"):
        docs = [to_doc(nlp, row) for row in rows]
        write_docbin(corpus / f"{side}.spacy", docs, nlp.vocab)
        write_jsonl(corpus / f"{side}.jsonl", rows)
    schema = {"TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE"]}}
    write_json(corpus / "labels" / "relation_extractor.json", schema)
    given: list[Any] = [MEDICINE, corpus, output, "--folds", 2, "--steps", 1]
    given += ["--config", ROOT / "configs" / "smoke.cfg"]
    result = CliRunner().invoke(make_app(soften.soften), list(map(str, given)))
    said = " ".join(result.output.split())
    assert result.exit_code == 0, said
    report = json.loads((output / "soften.json").read_text())
    assert report["passages"] == 4 and len(report["teachers"]) == 2
    assert f"{report['lowered']} of 4 passages are in doubt and weigh 0.5" in said
    assert "30% of it as the teacher says" in said
    assert (output / "doubted.jsonl").is_file()


def test_teachers_that_doubt_most_of_it_are_not_to_be_believed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scores = ({"ents_f": 0.5, "rel_micro_f": None},)
    for lowered, weak in ((2, False), (3, True)):
        done = Softened(
            passages=4,
            lowered=lowered,
            pairs=0,
            teachers=scores,
            settings=SoftenSettings(),
        )
        show_softening(done)
        said = " ".join(capsys.readouterr().out.split())
        assert ("too weak to be believed" in said) == weak
        assert "1 50.0 -" in said
