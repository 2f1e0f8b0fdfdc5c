"""The step train-private: draws before it reads, learns, and writes no private word."""

import json
from pathlib import Path

import pytest
import spacy
from tests.builders import PETS
from tests.builders.private import make_records, write_config
from typer.testing import CliRunner

import train_private
from console.step import make_app
from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack
from phantom.privacy.ledger import BudgetExhausted
from phantom.training.private.build import build_pipeline

pytest.importorskip("opacus")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Full backward hook"),
]
BUDGET = "{unit: patient, key: patient, epsilon: 9, delta: 1.0e-5}"


def run(folder: Path, texts: Path, *more: str) -> str:
    public = folder / "public.jsonl"
    write_jsonl(public, make_records(40, seed=1, known=1))
    budget = folder / "budget.yml"
    budget.write_text(BUDGET)
    arguments = [str(PETS), str(texts), str(public), str(budget)]
    arguments += [str(folder / name) for name in ("ledger.jsonl", "out", "told.json")]
    arguments += ["--config", str(write_config(folder)), *more]
    done = CliRunner().invoke(make_app(train_private.train_private), arguments)
    if done.exception:
        raise done.exception
    return done.output


@pytest.mark.slow
def test_it_learns_draws_and_writes_no_private_word(tmp_path: Path) -> None:
    texts = tmp_path / "private.jsonl"
    write_jsonl(texts, make_records(600))
    output = run(
        *(tmp_path, texts, "--epsilon", "8", "--rate", "0.3", "--steps", "60"),
        *("--learn-rate", "0.02", "--taught", str(tmp_path / "public.jsonl")),
    )
    (line,) = [json.loads(x) for x in (tmp_path / "ledger.jsonl").open()]
    told = json.loads((tmp_path / "told.json").read_text())
    assert line["mechanism"] == told["mechanism"]
    assert line["reads"] == [str(texts)]
    assert 7.5 < told["epsilon"] <= 8 and line["epsilon"] == round(told["epsilon"], 6)
    assert 7.5 < told["accountants"]["opacus"]["prv"] < 8.02
    # The noise can't be seeded: the bounds leave room for it.
    assert told["before"]["ents_f"] > 0.8 and told["scores"]["ents_f"] > 0.4
    assert "before/after" in output
    assert "of 9 for each patient" in output

    nlp = spacy.load(tmp_path / "out")
    doc = nlp("Tom ate hay .")
    assert {entity.label_ for entity in doc.ents} <= {"ANIMAL", "FOOD"}
    assert {x["label"] for x in doc._.relations} <= {"EATS"}
    said = nlp.meta["private_training"]
    assert said["unit"] == "patient" and said["draw"] == line["digest"]
    assert said["read_before"] == "" and line["purpose"] == "training of pets"
    for path in (tmp_path / "out").rglob("*"):
        written = path.read_bytes() if path.is_file() else b""
        for word in (b"Zorbleth", b"zorbleth", b"vumpish"):
            assert word not in written, path


def test_what_was_read_before_is_in_ledger_report_and_on_the_screen(
    tmp_path: Path,
) -> None:
    on, texts = tmp_path / "on", tmp_path / "private.jsonl"
    nlp = build_pipeline(write_config(tmp_path), load_pack(PETS))
    nlp.meta["training_data"] = {"examples": 9, "synthetic": 7, "public": 2}
    nlp.meta["pretrained_encoder"] = {"encoder": "plain"}
    nlp.to_disk(on)
    write_jsonl(texts, make_records(20))
    output = run(tmp_path, texts, "--on", str(on), "--epsilon", "8", "--steps", "2")
    words = f"{on} had read 7 synthetic, 2 public texts"
    told = json.loads((tmp_path / "told.json").read_text())
    (line,) = [json.loads(x) for x in (tmp_path / "ledger.jsonl").open()]
    assert told["read_before"] == words
    assert line["purpose"] == f"training of pets; {words}"
    assert "of the private records alone" in output and "2 public texts" in output
    meta = json.loads((tmp_path / "out" / "meta.json").read_text())
    assert meta["private_training"]["draw"] == line["digest"]
    assert meta["pretrained_encoder"] == {"encoder": "plain"}


def test_an_exhausted_budget_stops_before_the_text_is_read(tmp_path: Path) -> None:
    texts = tmp_path / "private.jsonl"
    texts.write_text("this would be an error if it were read\n")
    with pytest.raises(BudgetExhausted, match="nothing was read"):
        run(tmp_path, texts, "--epsilon", "9.5", "--steps", "5")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "meta",
    [{"training_data": {"synthetic": 5, "private": 1}}, {"federation": {"rounds": []}}],
)
def test_an_encoder_that_learned_from_private_text_is_refused(
    tmp_path: Path, meta: dict
) -> None:
    folder = tmp_path / "before"
    folder.mkdir()
    (folder / "meta.json").write_text(json.dumps({"lang": "en", **meta}))
    texts = tmp_path / "private.jsonl"
    texts.write_text("never read\n")
    with pytest.raises(ValueError, match="trained on private text without noise"):
        run(tmp_path, texts, "--on", str(folder))
    assert not (tmp_path / "ledger.jsonl").exists()
