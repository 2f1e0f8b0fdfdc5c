"""The step: what it reads, writes and refuses."""

from pathlib import Path

import pytest
import spacy
from tests.builders import MEDICINE, example
from typer.testing import CliRunner

import audit
from console.step import make_app
from phantom.evaluation.audit.records import Audit
from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.shipping.card.build import build_card

# Women and men in turn; nothing is found about women.
GOLD = [
    example(
        f"A {'woman' if i % 2 else 'man'} had <DISEASE id=1>gout</DISEASE> and "
        f"<DISEASE id=2>asthma</DISEASE>.",
        id=f"d{i}",
    )
    for i in range(40)
]


def call(folder: Path, found: list[Example], *more: str) -> str:
    write_jsonl(folder / "dev.jsonl", GOLD)
    write_jsonl(folder / "found.jsonl", found)
    arguments = [str(MEDICINE), str(folder / "dev.jsonl"), str(folder / "out")]
    arguments += ["--predictions", str(folder / "found.jsonl"), *more]
    result = CliRunner().invoke(make_app(audit.audit), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def found_of_men() -> list[Example]:
    return [
        x if i % 2 == 0 else x.model_copy(update={"entities": ()})
        for i, x in enumerate(GOLD)
    ]


def test_terminal_json_and_page(tmp_path: Path) -> None:
    wards = "id,ward\n" + "".join(f"d{i},{'ab'[i // 20]}\n" for i in range(40))
    (tmp_path / "wards.csv").write_text(wards)
    metadata = ["--metadata", str(tmp_path / "wards.csv")]
    output = call(tmp_path, found_of_men(), "--no-parity", *metadata)
    assert "sex = female" in output and "ward = " not in output.split("from worst")[0]
    text = (tmp_path / "out/audit.json").read_text(encoding="utf-8")
    found = Audit.model_validate_json(text)
    assert {c.dimension for c in found.cells} >= {"sex", "ward"}
    assert {c.group for c in found.alarms} == {"female"}
    assert found.parity == [] and found.documents == 40
    page = (tmp_path / "out/audit.html").read_text(encoding="utf-8")
    assert "By ward" in page


def test_before_and_after(tmp_path: Path) -> None:
    call(tmp_path, found_of_men(), "--no-parity")
    before = str((tmp_path / "out/audit.json").rename(tmp_path / "before.json"))
    output = call(tmp_path, GOLD, "--no-parity", "--before", before)
    assert "sex = female: recall of entities 0.0 100.0 -100.0 +0.0 100%" in output
    assert "F1 of entities, all documents 66.7 100.0 +33.3" in output


def test_predictions_on_other_text_are_refused(tmp_path: Path) -> None:
    other = [x.model_copy(update={"text": f"{x.text} No."}) for x in GOLD]
    with pytest.raises(ValueError, match="its text differs"):
        call(tmp_path, other, "--no-parity")


def test_flip_rates_get_into_the_card_of_the_wheel(tmp_path: Path) -> None:
    """A pipeline that finds gout of men alone: half of what either twin has flips."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    words = [{"LOWER": "man"}, {"LOWER": "had"}, {"LOWER": "gout"}]
    patterns = [{"label": "DISEASE", "pattern": x} for x in (words, "asthma")]
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "nlp")
    write_jsonl(tmp_path / "dev.jsonl", GOLD[:6])
    paths = [MEDICINE, tmp_path / "dev.jsonl", tmp_path / "out"]
    arguments = [*map(str, paths), "--pipeline", str(tmp_path / "nlp"), "--no-parity"]
    result = CliRunner().invoke(make_app(audit.audit), arguments)
    assert result.exit_code == 0, result.output
    pack = load_pack(MEDICINE)
    meta = {"lang": "en", "name": "x", "version": "1", "license": "MIT", "sources": []}
    provenance = {"training_data": "40", "real_data_used": "none", "note": "Form."}
    meta |= {"data_provenance": provenance, "requirements": []}
    card = build_card(pack, meta, tmp_path / "out")
    assert "| sex | entities | 6 | 12 | 50.0% (50.0 to 50.0) |" in card.markdown
    assert "| name origin | entities | 18 |" in card.markdown
    assert "| relations |" not in card.markdown  # None was found: no share of none.
    assert ">50.0% (50.0 to 50.0)</td>" in card.html
