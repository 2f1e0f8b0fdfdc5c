"""Sources mixed over training: shares by hand, order by seed, plain `spacy train`."""

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from tests.builders.resuming import CONFIG

from phantom.runtime import components_path, register_components

make = register_components()["relation_hybrid"].make_hybrid_corpus
Write = Callable[..., dict[str, Any]]


@pytest.fixture
def nlp() -> Language:
    return spacy.blank("en", config={"training": {"max_epochs": -1}})


@pytest.fixture
def write(nlp: Language, tmp_path: Path) -> Write:
    """Docs of four words that name their source and number, as a source."""

    def write_source(
        name: str, count: int, label: str = "X", **source: Any
    ) -> dict[str, Any]:
        data = source.pop("data", lambda i: {})
        docs = []
        for i in range(count):
            doc = Doc(nlp.vocab, words=[name, str(i), "has", "fever"])
            doc.ents = [Span(doc, 3, 4, label)]
            doc._.relations = []
            origin = "public" if name == "public" else "synthetic"
            doc.user_data["example"] = {"id": f"{name}{i}", "origin": origin, **data(i)}
            docs.append(doc)
        path = tmp_path / f"{name}.spacy"
        DocBin(docs=docs, store_user_data=True).to_disk(path)
        return {"path": str(path), **source}

    return write_source


def draw(corpus: Any, nlp: Language, count: int, first: int = 0) -> list[str]:
    """Source and number of the examples drawn, from one on."""
    drawn = islice(corpus(nlp), first, count)
    return [f"{x.reference[0]}{x.reference[1]}" for x in drawn]


def counts(names: list[str]) -> tuple[int, int]:
    synthetic = sum(name.startswith("synthetic") for name in names)
    return synthetic, len(names) - synthetic


def both(write: Write, **public: Any) -> dict[str, Any]:
    return {"synthetic": write("synthetic", 40), "public": write("public", 2, **public)}


def test_few_gold_examples_have_the_share_that_their_weight_gives(
    nlp: Language, write: Write
) -> None:
    """Weights 1 and 1/3: three to one. The first example covers the one label."""
    corpus = make(both(write, weight=1 / 3), words=400)
    names = draw(corpus, nlp, 41, first=1)
    assert counts(names) == (30, 10)
    assert {"public0", "public1"} <= set(names)
    assert len({x for x in names if x.startswith("synthetic")}) == 30


@pytest.mark.parametrize(
    ("settings", "shares"),
    [
        ({"schedule": "mixed"}, [(1, 1), (1, 1), (1, 1)]),
        ({"schedule": "synthetic_then_real"}, [(1, 0), (1, 1), (0, 1)]),
        ({"schedule": "synthetic_then_real", "keep": 0.5}, [(1, 0), (3, 2), (1, 2)]),
        ({"schedule": "real_then_synthetic"}, [(0, 1), (1, 2), (1, 1)]),
        ({"schedule": "synthetic_then_real", "start": 0.5}, [(1, 0), (1, 0), (0, 1)]),
        ({"schedule": "synthetic_then_real", "end": 0.5}, [(1, 0), (0, 1), (0, 1)]),
        ({"schedule": "mixed", "start": 0.5, "end": 0.5}, [(1, 1), (1, 1), (1, 1)]),
    ],
)
def test_shares_at_start_middle_and_end(
    write: Write, settings: dict[str, Any], shares: list[tuple[int, int]]
) -> None:
    corpus = make(both(write), words=400, **settings)
    for words, (synthetic, real) in zip((0, 200, 400), shares, strict=True):
        found = corpus.shares(words)
        assert found["synthetic"] == pytest.approx(synthetic / (synthetic + real))
        assert sum(found.values()) == pytest.approx(1)
    assert corpus.shares(4000) == corpus.shares(400)


def test_anneal_goes_from_one_weight_to_another(write: Write) -> None:
    corpus = make(both(write, weight=3, final=0), schedule="anneal", words=100)
    found = [corpus.shares(words)["public"] for words in (0, 50, 100)]
    assert found == [0.75, 0.6, 0.0]


def test_a_ramp_is_drawn_as_it_rises(nlp: Language, write: Write) -> None:
    """A share that rises from 0 to 1 over 100 docs: an eighth, then seven eighths."""
    corpus = make(both(write), schedule="synthetic_then_real", words=400)
    names = draw(corpus, nlp, 100)
    assert counts(names[:50])[1] == pytest.approx(12, abs=1)
    assert counts(names[50:])[1] == pytest.approx(38, abs=1)


def test_the_seed_alone_decides(nlp: Language, write: Write) -> None:
    sources = both(write)
    first = draw(make(sources, words=400, seed=1), nlp, 60)
    corpus = make(sources, words=400, seed=1)
    spacy.util.fix_random_seed(5)
    assert draw(corpus, nlp, 60) == first == draw(corpus, nlp, 60)
    assert draw(make(sources, words=400, seed=2), nlp, 60) != first


def test_groups_take_turns(nlp: Language, write: Write) -> None:
    rare = write("synthetic", 20, data=lambda i: {"meta": {"kind": f"k{i < 2}"}})
    corpus = make({"synthetic": rare}, words=400, balance="meta.kind")
    names = draw(corpus, nlp, 41, first=1)
    assert sum(x in ("synthetic0", "synthetic1") for x in names) == 20
    with pytest.raises(ValueError, match=r"no example has 'meta\.group'"):
        draw(make({"synthetic": rare}, balance="meta.group"), nlp, 1)


def test_a_source_without_groups_stands_beside_one_with(
    nlp: Language, write: Write
) -> None:
    sources = {
        "synthetic": write("synthetic", 20),
        "augmented": write("augmented", 20, data=lambda i: {"meta": {"group": i < 2}}),
    }
    corpus = make(sources, words=400, balance="meta.group")
    names = draw(corpus, nlp, 80)
    rare = sum(x in ("augmented0", "augmented1") for x in names)
    assert rare == pytest.approx(20, abs=2)
    assert sum(x.startswith("synthetic") for x in names) == pytest.approx(40, abs=2)


@pytest.mark.parametrize("hardest_first", [False, True])
def test_ranked_docs_come_in_by_and_by(
    nlp: Language, write: Write, hardest_first: bool
) -> None:
    """Of twenty-one, five have a place below a fifth; at the end all are in."""
    source = write("synthetic", 21, data=lambda i: {"meta": {"difficulty": i}})
    settings = {"rank": "meta.difficulty", "hardest_first": hardest_first}
    corpus = make({"synthetic": source}, words=4000, **settings)
    names = draw(corpus, nlp, 1100, first=1)
    early, late = ({int(x[9:]) for x in part} for part in (names[:5], names[-41:]))
    assert early == (set(range(16, 21)) if hardest_first else set(range(5)))
    assert late == set(range(21))


def test_each_label_is_among_the_first(nlp: Language, write: Write) -> None:
    sources = {"synthetic": write("synthetic", 400), "public": write("public", 3, "Y")}
    corpus = make(sources, schedule="synthetic_then_real", words=10_000)
    assert draw(corpus, nlp, 2) == ["synthetic0", "public0"]


def test_what_was_drawn_is_written_down(
    nlp: Language, write: Write, tmp_path: Path
) -> None:
    log = tmp_path / "deep" / "drawn.jsonl"
    corpus = make(both(write), words=400, log=str(log))
    for _ in range(2):
        names = draw(corpus, nlp, 50)
        rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        assert [row["words"] for row in rows] == list(range(4, 201, 4))
        total = [sum(r["drawn"][x] for r in rows) for x in ("synthetic", "public")]
        assert tuple(total) == counts(names)


def test_a_loop_that_would_shuffle_is_refused(write: Write) -> None:
    plain = spacy.blank("xx")
    for settings in ({}, {"limit": 9, "schedule": "synthetic_then_real"}):
        with pytest.raises(ValueError, match="max_epochs is 0"):
            next(make(both(write), **settings)(plain))
    assert len(list(make(both(write), limit=9)(plain))) == 9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"public": {"weight": 1}}, "source 'public': no path"),
        ({"public": {"path": "x", "wieght": 1}}, "unknown wieght"),
        ({"gold": {"path": "x"}}, "kind is 'gold'"),
        ({"public": {"path": "missing.spacy"}}, "no such file"),
        ({"public": {"path": "missing.spacy", "weight": "2"}}, "without quotes"),
        ({"public": {"path": "missing.spacy", "weight": -1}}, "above 0"),
    ],
)
def test_wrong_sources_are_named(
    write: Write, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make({"synthetic": write("synthetic", 2), **change})


def test_a_schedule_needs_both_kinds(write: Write) -> None:
    absent = {"path": "missing.spacy", "optional": True}
    sources = {"synthetic": write("synthetic", 2), "public": absent}
    assert list(make(sources).sources) == ["synthetic"]
    with pytest.raises(ValueError, match="no source has a weight at the end"):
        make(sources, schedule="synthetic_then_real")


def test_real_text_is_no_synthetic_source(nlp: Language, write: Write) -> None:
    sources = {"synthetic": {**write("public", 2), "kind": "augmented"}}
    with pytest.raises(ValueError, match="public0 is public text"):
        draw(make(sources), nlp, 1)


@pytest.mark.slow
def test_plain_spacy_train_reads_it(write: Write, tmp_path: Path) -> None:
    sources = both(write)
    config = CONFIG.replace(
        'before_update = {"@callbacks": "phantom_test.StopAt.v1"}', "max_epochs = -1"
    ).replace(
        '[corpora.train]\n@readers = "spacy.Corpus.v1"\npath = ${paths.train}\n',
        '[corpora.train]\n@readers = "phantom.HybridCorpus.v1"\n'
        'schedule = "synthetic_then_real"\nwords = 400\n'
        f'log = "{(tmp_path / "drawn.jsonl").as_posix()}"\n\n[corpora.train.sources]\n'
        + "".join(
            f'\n[corpora.train.sources.{name}]\npath = "{Path(x["path"]).as_posix()}"\n'
            for name, x in sources.items()
        ),
    )
    (tmp_path / "config.cfg").write_text(config, encoding="utf-8")
    run = [sys.executable, "-m", "spacy", "train", "config.cfg"]
    run += ["--output", "out", "-V"]
    run += ["--code", str(components_path() / "register.py")]
    run += ["--paths.train", sources["synthetic"]["path"]]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out" / "model-best").is_dir()
    assert "drawn in" in done.stdout + done.stderr
    rows = (tmp_path / "drawn.jsonl").read_text("utf-8").splitlines()
    assert json.loads(rows[0])["drawn"]["public"] == 0
    assert json.loads(rows[-1])["drawn"]["synthetic"] == 0
