"""A run that was interrupted ends as if it had not been."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
from spacy.tokens import DocBin
from tests.builders import ROOT
from tests.builders.resuming import CONFIG, run, weights, without_seconds, write_files

from phantom.training.checkpoint import find_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return write_files(tmp_path)


@pytest.mark.parametrize("stop", [5, 11])
def test_interrupted_run_ends_as_if_it_had_not_been(files: Any, stop: Any) -> None:
    whole, curve, _ = run(files, "whole")
    broken, partial, _ = run(files, "broken", stop=stop)
    assert find_checkpoint(broken / "checkpoint")
    assert len(partial) == stop // 4 + 1
    resumed, found, text = run(files, "broken")
    assert f"Resuming after step {stop // 4 * 4}" in text
    assert not find_checkpoint(resumed / "checkpoint")
    assert [point.step for point in found] == [0, 4, 8, 12, 16]
    assert without_seconds(found) == without_seconds(curve)
    for model in ("model-last", "model-best"):
        left, right = weights(whole / model), weights(resumed / model)
        assert left.keys() == right.keys() and left
        for key, array in left.items():
            numpy.testing.assert_array_equal(array, right[key], err_msg=str(key))


def test_training_ends_early_once_dev_scores_rise_no_more(files: Any) -> None:
    still = {"training.optimizer.learn_rate": 0.0, "training.patience": 8}
    _, curve, _ = run(files, "still", set=still)
    assert [point.step for point in curve] == [0, 4, 8]
    assert len({point.score for point in curve}) == 1
    _, curve, _ = run(files, "patient", set={**still, "training.patience": 9})
    assert [point.step for point in curve] == [0, 4, 8, 12]


def test_another_process_goes_on(files: Any) -> None:
    """Strings are hashed anew in each process; a run is known all the same."""
    code = (
        "import sys, pathlib, tests.phantom.training.test_resume as t\n"
        "stop = int(sys.argv[2]) or None\n"
        "print(t.run(pathlib.Path(sys.argv[1]), 'out', stop=stop)[2])"
    )
    printed = []
    for seed, stop in (("1", "6"), ("2", "0")):
        path = os.pathsep.join([*sys.path, str(ROOT)])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        command = [sys.executable, "-c", code, str(files), stop]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        printed.append(done.stdout)
    assert "Resuming" not in printed[0] and "Resuming after step 4" in printed[1]


def test_run_without_resuming_starts_over(files: Any) -> None:
    run(files, "out", stop=6)
    _, curve, text = run(files, "out", resume=False)
    assert "Resuming" not in text
    assert [point.step for point in curve] == [0, 4, 8, 12, 16]


def test_same_weights_as_spacy_train(files: Any) -> None:
    """The resumable loop is spaCy's loop, up to the order of later epochs.

    spaCy's ner draws from the generator that shuffles; ours has one for the order.
    """
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as spacy_train
    from spacy.util import load_config

    first_epoch = {"training.max_steps": 5, "training.eval_frequency": 5}
    ours, curve, text = run(files, "ours", set=first_epoch)
    assert [point.epoch for point in curve] == [0, 0]
    overrides = {"paths.train": str(files / "train.spacy"), **first_epoch}
    out = io.StringIO()
    nlp = init_nlp(load_config(files / "config.cfg", overrides=overrides))
    (files / "stock").mkdir()
    spacy_train(nlp, Path(files / "stock"), stdout=out, stderr=out)
    left, right = weights(ours / "model-best"), weights(files / "stock" / "model-best")
    for key, array in left.items():
        numpy.testing.assert_allclose(array, right[key], atol=1e-6, err_msg=str(key))
    assert text.count("\n") == out.getvalue().count("\n")


def test_weights_reach_training_and_survive_an_interruption(files: Any) -> None:
    _, plain, _ = run(files, "plain")
    docs = list(DocBin().from_disk(files / "train.spacy").get_docs(spacy.vocab.Vocab()))
    for doc in docs[::2]:
        doc.user_data["example"] = {"id": doc.text, "meta": {"weight": 0.2}}
    DocBin(docs=docs, store_user_data=True).to_disk(files / "train.spacy")
    _, whole, _ = run(files, "whole")
    assert whole[-1].epoch > plain[-1].epoch
    run(files, "broken", stop=11)
    _, resumed, _ = run(files, "broken")
    assert without_seconds(resumed) == without_seconds(whole)


def test_a_stream_of_sources_goes_on_where_it_stood(files: Any) -> None:
    """The counts of the wheel are of what was drawn: the first of two sources alone."""
    docs = list(DocBin().from_disk(files / "train.spacy").get_docs(spacy.vocab.Vocab()))
    for name, part in (("synthetic", docs[:16]), ("public", docs[16:])):
        for i, doc in enumerate(part):
            said = {"id": f"{name}{i}", "origin": name, "model": "m", "sources": [name]}
            doc.user_data["example"] = said if i else None
        binned = DocBin(docs=part, store_user_data=True)
        binned.to_disk(files / f"{name}.spacy")
    sources = {x: {"path": str(files / f"{x}.spacy")} for x in ("synthetic", "public")}
    text = CONFIG.replace(
        '[corpora.train]\n@readers = "spacy.Corpus.v1"\npath = ${paths.train}\n',
        '[corpora.train]\n@readers = "phantom.HybridCorpus.v1"\nsources = '
        f'{json.dumps(sources)}\nschedule = "synthetic_then_real"\nstart = 0.5\n'
        f"words = 2000\nlog = {json.dumps(str(files / 'drawn.jsonl'))}\n",
    ).replace("max_steps", "max_epochs = -1\nmax_steps")
    (files / "config.cfg").write_text(text, encoding="utf-8")
    whole, curve, _ = run(files, "whole")
    log = (files / "drawn.jsonl").read_text("utf-8")
    run(files, "broken", stop=11)
    resumed, found, said = run(files, "broken")
    assert "Resuming after step 8" in said
    assert without_seconds(found) == without_seconds(curve)
    assert (files / "drawn.jsonl").read_text("utf-8") == log
    left, right = weights(whole / "model-last"), weights(resumed / "model-last")
    for key, array in left.items():
        numpy.testing.assert_array_equal(array, right[key], err_msg=str(key))
    metas = [spacy.load(x / "model-last").meta for x in (whole, resumed)]
    counts = metas[0]["training_data"]
    assert counts == metas[1]["training_data"]
    assert (counts["public"], counts["synthetic"], counts["unknown"]) == (0, 15, 1)
    run(files, "broken", stop=6)
    DocBin(docs=docs[:3]).to_disk(files / "public.spacy")
    with pytest.raises(ValueError, match="another config or corpus"):
        run(files, "broken")
