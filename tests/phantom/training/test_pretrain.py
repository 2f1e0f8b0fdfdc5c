"""An encoder that reads on: its loss, its weights, and a run that was killed."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from encoders import build_encoder
from safetensors.torch import load_file
from tests.builders import example
from tests.builders.encoder import make_nlp
from transformers import AutoModelForMaskedLM

from phantom.corpora.origins import OriginCounts
from phantom.records import Example
from phantom.shipping.provenance import describe_encoder
from phantom.training import masked
from phantom.training.masked_run import Run
from phantom.training.pretrain import pretrain
from phantom.training.pretrained import PretrainSettings, read_note, tell_origins

DRUGS = ("iron", "zinc", "lithium", "heparin", "aspirin")
WAYS = ("hurts in {}", "is given for {}", "was stopped after {}", "is no cause of {}")
ENDS = ("gout", "anemia", "mania", "thrombosis", "fever")
SETTINGS = PretrainSettings(
    steps=6, head_steps=2, batch=64, window=16, learn_rate=1e-3, every=2
)


class Killed(BaseException):
    """Stands for what ends a process from outside."""


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(build_encoder("bert", tmp_path_factory.mktemp("bert")))


def make_texts() -> list[Example]:
    told = [f"{a} {way.format(b)}" for a in DRUGS for way in WAYS for b in ENDS]
    return [example(text, id=str(i), model="m") for i, text in enumerate(told)]


def run(encoder: str, output: Path, stop: int = 0, **more: Any) -> Any:
    """Pretrain; killed when `stop` steps are done."""

    def tell(title: str, total: int) -> Callable[[int], None]:
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            if stop and done == stop:
                raise Killed

        return told

    settings = more.pop("settings", SETTINGS)
    return pretrain(encoder, make_texts(), output, settings, tell=tell, **more)


@pytest.fixture(scope="module")
def whole(encoder: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("whole") / "encoder"
    run(encoder, output)
    return output


def test_the_encoder_loads_as_any_and_has_read(encoder: str, whole: Path) -> None:
    old, new = (load_file(Path(x) / "model.safetensors") for x in (encoder, whole))
    assert old.keys() == new.keys()
    moved = {key for key in old if not torch.equal(old[key], new[key])}
    # What no masked word asks for stays as it was.
    assert {key for key in old if key.startswith("pooler.")} == old.keys() - moved
    nlp = make_nlp(name=str(whole))
    nlp.initialize()
    assert nlp("Zinc hurts.")._.trf_data.tensors[0].shape[-1] == 32


def test_it_says_what_it_read(encoder: str, whole: Path) -> None:
    nlp = make_nlp(name=str(whole))
    note = read_note(nlp.config)
    assert note is not None and note.new_head and note.encoder == encoder
    assert (note.training_data.synthetic, note.held_out) == (95, 5)
    assert [point.step for point in note.curve] == [2, 4, 6]
    said = describe_encoder({"pretrained_encoder": note.model_dump(mode="json")})
    assert "guessed masked words of 95 texts, 95 of them synthetic, for 6" in said
    trained = OriginCounts(examples=120, synthetic=100, public=20)
    public = note.training_data.plus(OriginCounts(examples=7, public=7))
    told = tell_origins(trained, note.model_copy(update={"training_data": public}))
    # Synthetic text is the same, real text is counted with both.
    counts = told["training_data"]
    assert [counts[x] for x in ("synthetic", "public", "examples")] == [100, 27, 127]
    assert "curve" not in told["pretrained_encoder"]
    assert tell_origins(trained, None) == {"training_data": trained.model_dump()}
    assert (
        describe_encoder({}) == "" and read_note(make_nlp(name=encoder).config) is None
    )


def test_what_reads_on_again_tells_all_that_it_read(
    encoder: str, whole: Path, tmp_path: Path
) -> None:
    public = [
        x.model_copy(update={"origin": "public", "sources": ("notes",), "model": None})
        for x in make_texts()[:40]
    ]
    brisk = SETTINGS.model_copy(update={"steps": 1, "head_steps": 0})
    first = pretrain(encoder, public, tmp_path / "first", brisk)
    done = pretrain(str(tmp_path / "first"), make_texts(), tmp_path / "next", brisk)
    assert first.training_data.public == done.training_data.public == 38
    assert done.training_data.synthetic == 95 and done.encoder == encoder
    assert done.training_data.sources == {"notes": 38}


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_killed_run_ends_with_the_same_weights(
    encoder: str, whole: Path, tmp_path: Path, stop: int
) -> None:
    """Before the first checkpoint, at one, and between two."""
    output = tmp_path / "encoder"
    with pytest.raises(Killed):
        run(encoder, output, stop)
    assert not output.exists()
    done = run(encoder, output)
    old, new = (load_file(x / "model.safetensors") for x in (whole, output))
    assert all(torch.equal(old[key], new[key]) for key in old)
    note = read_note(make_nlp(name=str(whole)).config)
    assert note is not None and (done.before, done.curve) == (note.before, note.curve)
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]


def test_another_run_is_not_gone_on_with(encoder: str, tmp_path: Path) -> None:
    output = tmp_path / "encoder"
    with pytest.raises(Killed):
        run(encoder, output, 3)
    other = SETTINGS.model_copy(update={"learn_rate": 1e-4})
    with pytest.raises(ValueError, match="another encoder, texts or settings"):
        run(encoder, output, settings=other)
    with pytest.raises(Killed):
        run(encoder, output, 1, settings=other, resume=False)


def test_a_new_head_learns_alone_at_first(encoder: str) -> None:
    loaded = masked.load_masked(encoder, 0)
    rows = masked.cut_texts(loaded, [x.text for x in make_texts()], 16)
    running = Run(loaded, rows, rows[:5], SETTINGS, "")
    before = {k: v.clone() for k, v in loaded.model.state_dict().items()}

    def moved() -> set[bool]:
        now = loaded.model.state_dict()
        keys = {x for x in before if not torch.equal(before[x], now[x])}
        return {x.startswith(loaded.model.base_model_prefix) for x in keys}

    seen = []
    running.go_on(lambda: seen.append(moved()), lambda count: None)
    assert seen == [{False}, {False, True}, {False, True}]


def test_a_head_that_is_there_is_kept(encoder: str, tmp_path: Path) -> None:
    AutoModelForMaskedLM.from_pretrained(encoder).save_pretrained(tmp_path)
    masked.load_masked(encoder, 0).tokenizer.save_pretrained(tmp_path)
    assert not masked.load_masked(str(tmp_path), 0).headless


@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert"])
def test_the_loss_is_that_of_transformers(family: str, tmp_path: Path) -> None:
    """Of heads that are called for masked words alone, and of one that is not."""
    loaded = masked.load_masked(str(build_encoder(family, tmp_path)), 0)
    rows = masked.cut_texts(loaded, ["Iron hurts in gout and fever.", "Zinc."], 16)
    batch = masked.mask_rows(loaded, rows, 0.5, seed=0)
    loaded.model.eval()
    loss, count = masked.loss_of(loaded, batch)
    theirs = loaded.model(**batch).loss
    assert count > 1
    torch.testing.assert_close(loss / count, theirs)


def test_only_words_are_masked_and_by_seed(encoder: str) -> None:
    loaded = masked.load_masked(encoder, 0)
    rows = masked.cut_texts(loaded, ["Iron hurts in gout.", "Zinc."], 16)
    batch = masked.mask_rows(loaded, rows, 0.999999, seed=0)
    # Five pieces and two, between marks; the shorter row is padded.
    assert (batch["labels"] >= 0).sum(1).tolist() == [len(row) - 2 for row in rows]
    assert batch["attention_mask"].sum(1).tolist() == [len(row) for row in rows]
    again = masked.mask_rows(loaded, rows, 0.5, seed=0)["labels"]
    assert torch.equal(again, masked.mask_rows(loaded, rows, 0.5, seed=0)["labels"])


def test_windows_have_their_marks_and_lose_nothing(encoder: str) -> None:
    loaded = masked.load_masked(encoder, 0)
    long, short = masked.cut_texts(loaded, ["iron " * 12], 10)
    first, last = loaded.tokenizer.cls_token_id, loaded.tokenizer.sep_token_id
    assert (len(long), len(short)) == (10, 6)
    assert {(row[0], row[-1]) for row in (long, short)} == {(first, last)}


def test_perplexity_of_a_head_that_knows_nothing_is_the_vocabulary(
    encoder: str,
) -> None:
    loaded = masked.load_masked(encoder, 0)
    with torch.no_grad():
        loaded.model.get_input_embeddings().weight.zero_()
    rows = masked.cut_texts(loaded, [x.text for x in make_texts()], 16)
    found = masked.perplexity(loaded, rows, 64, 0.5, 0)
    assert math.isclose(found, len(loaded.tokenizer), rel_tol=1e-4)


def test_what_can_not_be_pretrained_is_refused(encoder: str, tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"head_steps": 6})
    with pytest.raises(ValueError, match="none is left for the encoder; take more"):
        run(encoder, tmp_path / "out", settings=settings)
    with pytest.raises(ValueError, match="the encoder lies there"):
        run(encoder, Path(encoder))
    with pytest.raises(ValueError, match="1 texts are too few, or too much alike"):
        pretrain(encoder, make_texts()[:1], tmp_path / "out", SETTINGS)
    loaded = masked.load_masked(encoder, 0)
    with pytest.raises(ValueError, match="1 texts held out are too few or too short"):
        masked.perplexity(loaded, masked.cut_texts(loaded, [""], 16), 64, 0.15, 0)
    with pytest.raises(ValueError, match="no masked language model"):
        run(str(build_encoder("xlnet", tmp_path / "xlnet")), tmp_path / "out")
