"""The step `adapt`: a file of one's own in, a better pipeline with its report out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from tests.builders import example
from tests.builders.packs import make_pack
from typer.testing import CliRunner

import adapt
import meta_train
import phantom.training.self_training as self_training
import self_train
from console.adapting import show_adaptation
from console.step import make_app
from phantom.corpora.docbin import to_doc, write_docbin
from phantom.jsonl import write_jsonl
from phantom.runtime import blank_pipeline
from phantom.training.adapt import Adaptation
from phantom.training.folds import Validation
from phantom.training.passes import AdaptSettings
from phantom.training.scoring import Scores

DRUGS = ("iron", "zinc", "lithium", "heparin")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack, a corpus as `convert` writes it, and a pipeline trained on it."""
    folder = tmp_path_factory.mktemp("adapt")
    make_pack(folder)
    nlp = blank_pipeline("en")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        **{"width": 16, "depth": 1, "embed_size": 100, "window_size": 1},
        **{"maxout_pieces": 2, "subword_features": True},
    }
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        **{"state_type": "ner", "extra_state_tokens": False, "hidden_width": 8},
        **{"maxout_pieces": 2, "use_upper": False, "tok2vec": tok2vec},
    }
    nlp.add_pipe("entity_recognizer", name="ner", config={"model": model})
    synthetic = [
        example(f"<CHEMICAL id=1>{x}</CHEMICAL> for gout.", id=x, model="m", kind="one")
        for x in DRUGS
    ]
    docs = [to_doc(nlp, x) for x in synthetic]
    pairs = [spacy.training.Example(nlp.make_doc(doc.text), doc) for doc in docs]
    for label in ("CHEMICAL", "DISEASE"):
        nlp.get_pipe("ner").add_label(label)  # type: ignore[attr-defined]
    spacy.util.fix_random_seed(0)
    optimizer = nlp.initialize(lambda: pairs)
    for _ in range(20):
        nlp.update(pairs, sgd=optimizer)
    nlp.to_disk(folder / "pipeline")
    for side in ("train", "dev"):
        write_docbin(folder / "corpus" / f"{side}.spacy", docs, nlp.vocab)
        write_jsonl(folder / "corpus" / f"{side}.jsonl", synthetic)
    return folder


def call(folder: Path, data: Path, *more: str) -> str:
    result = CliRunner().invoke(
        make_app(adapt.adapt),
        [
            *map(str, (folder / "tiny", folder / "pipeline", data, folder / "new")),
            *("--kind", "private", "--synthetic", str(folder / "corpus")),
            *("--report", str(folder / "report.json"), "--train-on-private", "ward"),
            *more,
        ],
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def test_an_export_is_found_out_and_trains(folder: Path) -> None:
    """Lines of tokens and tags, as few as can't be cross-validated."""
    data = folder / "ward" / "notes.conll"
    data.parent.mkdir(exist_ok=True)
    data.write_text("gout\tB-DISEASE\nis\tO\nhere\tO\n\nno\tO\ngout\tB-DISEASE\n")
    output = call(folder, data)
    assert "2 examples with 2 mentions" in output
    assert "4 passes; not cross-validated: 2 different texts" in output
    assert "synthetic dev" in output and "forgotten" in output
    report = Adaptation.model_validate_json((folder / "report.json").read_text())
    assert report.before and report.after and report.forgotten() <= 0.01
    meta = json.loads((folder / "new" / "meta.json").read_text())
    assert meta["adapted"][0]["origins"]["sources"] == {"ward": 2}
    assert spacy.load(folder / "new")("gout").text == "gout"


def test_a_label_that_the_domain_lacks_is_named(folder: Path) -> None:
    data = folder / "ward" / "more.jsonl"
    told = "<ORGAN id=1>Liver</ORGAN> and <DISEASE id=2>gout</DISEASE>."
    write_jsonl(data, [example(told, id="n1")])
    with pytest.raises(ValueError, match=r"n1: 'ORGAN' is no label of tiny; it has"):
        call(folder, data)
    output = call(folder, data, "--leave-out", "ORGAN", "--passes", "1")
    assert "ORGAN, as asked" in output and "1 examples with 1 mentions" in output


def test_private_text_needs_its_declaration(folder: Path) -> None:
    data = folder / "clinic" / "notes.jsonl"
    write_jsonl(data, [example("<DISEASE id=1>Gout</DISEASE>.", id="n1")])
    with pytest.raises(ValueError, match="--train-on-private"):
        call(folder, data)


def test_what_was_chosen_gained_and_given_back_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    points = (Scores(ents_p=0.5, ents_r=0.5, ents_f=0.5),) * 2
    done = Adaptation(
        **{"examples": 50, "mentions": 60, "relations": 7, "rehearsed": 9},
        passes=0,
        validation=Validation(by_pass=points, best=0),
        before=Scores(ents_p=0.9, ents_r=0.9, ents_f=0.9, rel_micro_f=0.5),
        after=Scores(ents_p=0.9, ents_r=0.9, ents_f=0.9, rel_micro_f=0.492),
        share=0.25,
        settings=AdaptSettings(),
    )
    show_adaptation(done)
    output = " ".join(capsys.readouterr().out.split())
    assert "chose 0 passes of at most 8" in output
    assert "The pipeline stays as it was" in output
    assert "50.0 / 49.2" in output and "0.8 points forgotten" in output
    assert "Weights went 25% of the way" in output


def run(step: Callable[..., None], *arguments: object) -> str:
    result = CliRunner().invoke(make_app(step), list(map(str, arguments)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def test_a_pipeline_is_prepared_by_tasks(folder: Path) -> None:
    prepared = folder / "prepared"
    paths = (folder / "pipeline", folder / "corpus", prepared)
    output = run(meta_train.meta_train, *paths, "--tasks", 2, "--size", 2)
    assert "kind 2 100.0%" in output and "synthetic dev after: entities" in output
    assert spacy.load(prepared).meta["meta_trained"]["tasks"] == 2


def test_self_training_says_what_it_lacks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text, text that is private, and a dev set too small to calibrate on."""
    text = folder / "notes.txt"
    text.write_text("Zinc for gout.\n")
    paths = (folder / "tiny", folder / "pipeline"), (folder / "corpus", folder / "self")
    with pytest.raises(ValueError, match="name public files"):
        run(self_train.self_train, *paths[0], "", *paths[1])
    with pytest.raises(ValueError, match="private, by --private"):
        run(self_train.self_train, *paths[0], text, *paths[1], "--private", folder)
    monkeypatch.setattr(self_training, "find_chances", lambda _, docs: [[]] * len(docs))
    with pytest.raises(ValueError, match="too few to say how far"):
        run(self_train.self_train, *paths[0], text, *paths[1])
