"""The step: thresholds for the relations of a pipeline."""

import json
from pathlib import Path

from tests.builders import MEDICINE, example
from tests.builders.audit_records import make_audit, make_cell
from tests.builders.pipelines import make_nlp
from typer.testing import CliRunner

import thresholds
from console.step import make_app
from phantom.jsonl import write_json, write_jsonl
from phantom.packs.pack import load_pack

GOLD = [
    example(
        f"A {'woman' if i % 2 else 'man'} took <CHEMICAL id=1>iron</CHEMICAL> for "
        "<DISEASE id=2>gout</DISEASE>.",
        (1, "TREATS", 2),
        id=str(i),
    )
    for i in range(6)
]


def test_settings_that_spacy_load_takes(tmp_path: Path) -> None:
    schema = load_pack(MEDICINE).schema()
    nlp = make_nlp(relation_schema=schema, threshold=0.95)
    ruler = nlp.add_pipe("entity_ruler", first=True)
    words = {"iron": "CHEMICAL", "gout": "DISEASE"}
    ruler.add_patterns([{"label": v, "pattern": k} for k, v in words.items()])
    nlp.initialize()
    nlp.to_disk(tmp_path / "pipeline")
    women = make_cell(task="relations", metric="f1", documents=3, support=3, gap=-0.5)
    write_json(tmp_path / "audit.json", make_audit([women], documents=6))
    write_jsonl(tmp_path / "dev.jsonl", GOLD)
    names = ("audit.json", "dev.jsonl", "thresholds.json")
    arguments = [str(MEDICINE), *(str(tmp_path / x) for x in names)]
    arguments += ["--pipeline", str(tmp_path / "pipeline")]
    result = CliRunner().invoke(make_app(thresholds.thresholds), arguments)
    assert result.exit_code == 0, result.output
    assert "F1 of relations, all documents" in result.output
    settings = json.loads((tmp_path / "thresholds.json").read_text(encoding="utf-8"))
    assert set(settings["components"]["relation_extractor"]) == {"thresholds"}
