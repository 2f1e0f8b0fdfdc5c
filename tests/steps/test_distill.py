"""The step `distill`: a trained pipeline in, one of fewer layers out, which says so."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from encoders import build_encoder
from spacy.training import Example
from tests.builders import example
from tests.builders.encoder import make_nlp, with_ner
from tests.builders.packs import make_pack
from typer.testing import CliRunner

import distill
from console.step import make_app
from phantom.corpora.docbin import to_doc, write_docbin
from phantom.training import distill as library

LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "pooling": {"@layers": "reduce_mean.v1"},
}
CONFIG = Path("configs/train.cfg").resolve()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack, a corpus, public text, and a teacher of two layers."""
    folder = tmp_path_factory.mktemp("distill")
    make_pack(folder)
    nlp = with_ner(make_nlp(name=str(build_encoder("bert", folder / "encoder"))))
    nlp.tokenizer = spacy.util.registry.tokenizers.get("phantom.Tokenizer.v1")()(nlp)
    nlp.config["nlp"]["tokenizer"] = {"@tokenizers": "phantom.Tokenizer.v1"}
    nlp.get_pipe("ner").add_label("CHEMICAL")  # type: ignore[attr-defined]
    pair = {"@architectures": "phantom.PairTensor.v1", "width": 8, "heads": 2}
    model = {"@architectures": "phantom.RelationModel.v1", "tok2vec": LISTENER}
    schema = {"TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE"]}}
    config = {"model": {**model, "pair_tensor": pair}, "relation_schema": schema}
    nlp.add_pipe("relation_extractor", config=config)
    told = "<CHEMICAL id=1>{}</CHEMICAL> helps in <DISEASE id=2>gout</DISEASE>."
    docs = [
        to_doc(nlp, example(told.format(x), (1, "TREATS", 2), id=x, model="m"))
        for x in ("iron", "zinc", "lithium", "heparin")
    ]
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(2):
        nlp.update(examples, sgd=optimizer)
    nlp.add_pipe("sentencizer")
    nlp.meta["pretrained_encoder"] = {"encoder": "bert"}
    nlp.meta["training_data"] = {"examples": 4, "synthetic": 4, "models": {"m": 4}}
    nlp.to_disk(folder / "teacher")
    for side in ("train", "dev"):
        write_docbin(folder / "corpus" / f"{side}.spacy", docs, nlp.vocab)
    (folder / "notes.txt").write_text("Zinc hurts nobody.\n\nGout hurts.\n")
    return folder


def call(folder: Path, output: str, *more: object) -> str:
    places = ("tiny", "teacher", "corpus", output)
    given = [*(folder / place for place in places), "--metrics", folder / "metrics"]
    given += ["--config", CONFIG, "--match-steps", 2, "--steps", 2, "--layers", 1]
    arguments = list(map(str, [*given, *more]))
    result = CliRunner().invoke(make_app(distill.distill), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


@pytest.mark.slow
def test_a_student_has_fewer_layers_and_says_whose_it_is(folder: Path) -> None:
    before = {x: x.read_bytes() for x in (folder / "teacher").rglob("*") if x.is_file()}
    output = call(folder, "student", "--text", folder / "notes.txt")
    assert "1 of 2 layers; states are" in output and "entities F1" in output
    assert "Left out, having no weights: sentencizer" in output
    assert all(path.read_bytes() == was for path, was in before.items())
    for name in ("model-best", "model-last"):
        nlp = spacy.load(folder / "student" / name)
        assert nlp.pipe_names == ["transformer", "ner", "relation_extractor"]
        encoder: Any = nlp.get_pipe("transformer")
        assert encoder.model.transformer.config.num_hidden_layers == 1
        said = nlp.meta["student"]
        assert (said["layers"], said["of"], said["public_texts"]) == (1, 2, 2)
        assert said["teacher"] == "xx_pipeline 0.0.0"
        assert nlp.meta["pretrained_encoder"] == {"encoder": "bert"}
        counts = nlp.meta["training_data"]
        assert (counts["synthetic"], counts["public"]) == (4, 2)
        assert counts["labellers"] == {"xx_pipeline": 2}
    report = json.loads((folder / "metrics" / "student.json").read_text())
    assert report["matching"]["steps"] == 2
    assert not (folder / "student" / "work").exists()


@pytest.mark.slow
def test_an_interrupted_run_goes_on_and_ends_alike(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before labels train; the states are not matched again."""
    call(folder, "whole")
    with monkeypatch.context() as patch:

        def stop(*arguments: Any, **settings: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(library.loop, "train", stop)
        call(folder, "broken")
    assert (folder / "broken" / "work" / "start").is_dir()

    def refuse(*arguments: Any, **settings: Any) -> None:
        raise AssertionError("states are matched a second time")

    with monkeypatch.context() as patch:
        patch.setattr(library, "match_states", refuse)
        call(folder, "broken")
        with pytest.raises(AssertionError):
            call(folder, "broken", "--seed", 1)
    states = [
        spacy.load(folder / name / "model-last")("Zinc helps.")._.trf_data.tensors[0]
        for name in ("whole", "broken")
    ]
    assert (states[0] == states[1]).all()


def test_what_can_be_no_student_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="2 layers: the teacher has 2; keep less"):
        call(folder, "no", "--layers", 2)
    with pytest.raises(ValueError, match="the teacher lies there"):
        call(folder, "teacher/..")
    with pytest.raises(ValueError, match="private, by --private"):
        notes = folder / "notes.txt"
        call(folder, "no", "--text", notes, "--private", notes)
