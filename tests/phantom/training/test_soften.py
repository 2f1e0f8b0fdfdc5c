"""Teachers of k folds: what they doubt, what is learnt of it, and runs that break."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, Span
from tests.builders import ROOT, example

from phantom.corpora.docbin import read_docbin, to_doc, write_docbin
from phantom.corpora.origins import Permits
from phantom.corpora.split import group_related
from phantom.jsonl import load_json, read_jsonl, write_json, write_jsonl
from phantom.records import Example
from phantom.runtime import blank_pipeline
from phantom.training import doubt
from phantom.training import soften as library
from phantom.training.doubt import (
    Belief,
    Softened,
    SoftenSettings,
    agree,
    grade,
    judge,
    lower,
)

CONFIG = ROOT / "configs" / "smoke.cfg"
DRUGS = ("iron", "zinc", "lithium", "heparin", "aspirin")
ENDS = ("gout", "anemia", "mania", "fever")
HELPS = "<CHEMICAL id=1>{}</CHEMICAL> helps in <DISEASE id=2>{}</DISEASE> ."
HURTS = "<CHEMICAL id=1>{}</CHEMICAL> hurts in <DISEASE id=2>{}</DISEASE> ."
# The verb is no disease, and who hurts does not help.
WRONG = "{} <DISEASE>hurts</DISEASE> <DISEASE>in</DISEASE> {} ."
SETTINGS = SoftenSettings(folds=2, soft_labels=0.4, steps=40)


def make_examples() -> list[Example]:
    found = []
    for drug in DRUGS:
        for end in ENDS:
            helps = HELPS.format(drug, end), (1, "TREATS", 2)
            name = f"{drug} {end}"
            found.append(example(*helps, id=f"helps {name}", model="m"))
            found.append(example(HURTS.format(drug, end), id=f"not {name}", model="m"))
    found[1] = example(WRONG.format("iron", "gout"), id="wrong", model="m")
    swapped = HURTS.format("zinc", "mania"), (1, "TREATS", 2)
    found[13] = example(*swapped, id="swapped", model="m", weight=0.8)
    return found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("soften") / "corpus"
    nlp, examples = blank_pipeline("en"), make_examples()
    for side in ("train", "dev"):
        docs = [to_doc(nlp, x) for x in examples]
        write_docbin(folder / f"{side}.spacy", docs, nlp.vocab)
        write_jsonl(folder / f"{side}.jsonl", examples)
    schema = {"TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE"]}}
    write_json(folder / "labels" / "relation_extractor.json", schema)
    write_json(folder / "labels" / "language.json", "en")
    return folder


def run(corpus: Path, output: Path, **more: Any) -> Softened:
    settings = more.pop("settings", SETTINGS)
    return library.soften(corpus, output, CONFIG, "", Permits(), settings, **more)


@pytest.mark.slow
def test_wrong_labels_are_doubted_and_the_corpus_stays(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at the second teacher, it asks the first one no more."""
    before = {x: x.read_bytes() for x in corpus.rglob("*") if x.is_file()}
    trained, train = [], library.loop.train

    def stop(config: Path, folder: Path, *more: Any, **options: Any) -> Path:
        trained.append(folder.name)
        if len(trained) == 2:
            raise KeyboardInterrupt
        return train(config, folder, *more, **options)

    monkeypatch.setattr(library.loop, "train", stop)
    output = tmp_path / "soft"
    with pytest.raises(KeyboardInterrupt):
        run(corpus, output)
    other = SETTINGS.model_copy(update={"soft_labels": 0.2})
    with pytest.raises(ValueError, match="another corpus, config or settings"):
        run(corpus, output, settings=other)
    done = run(corpus, output)
    assert trained == ["fold-0", "fold-1", "fold-1"]
    assert not (output / "work").exists()
    assert {x: x.read_bytes() for x in before} == before
    for name in ("dev.spacy", "dev.jsonl", "labels/relation_extractor.json"):
        assert (output / name).read_bytes() == (corpus / name).read_bytes()
    rows = {x.id: x for x in read_jsonl(output / "train.jsonl", Example)}
    assert list(rows) == [x.id for x in make_examples()]
    hard = {name: row.meta["difficulty"] for name, row in rows.items()}
    assert all(0 <= x <= 1 for x in hard.values())
    others = sorted(x for name, x in hard.items() if name not in ("wrong", "swapped"))
    assert min(hard["wrong"], hard["swapped"]) > others[len(others) // 2]
    assert rows["wrong"].weight == 0.5 and done.lowered < 10
    assert "wrong" in [x.id for x in read_jsonl(output / "doubted.jsonl", Example)]
    docs = {
        doc.user_data["example"]["id"]: doc
        for doc in read_docbin(output / "train.spacy", spacy.blank("en").vocab)
    }
    assert docs["wrong"].user_data["example"]["weight"] == 0.5
    # 0.6 of the label, 0.4 of a teacher who has learnt that what hurts does not help.
    ((_, _, label, learnt),) = docs["swapped"].user_data["relation_chances"]
    assert label == "TREATS" and 0.6 <= learnt < 0.8
    assert done.pairs >= 1 and len(done.teachers) == 2


def test_what_does_not_belong_together_is_refused(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the corpus itself"):
        run(corpus, corpus)
    other = tmp_path / "other"
    shutil.copytree(corpus, other)
    write_jsonl(other / "train.jsonl", make_examples()[1:])
    with pytest.raises(ValueError, match="hold other texts; run `convert`"):
        run(other, tmp_path / "soft")


def test_passages_that_are_all_related_make_no_folds(
    corpus: Path, tmp_path: Path
) -> None:
    other, output = tmp_path / "other", tmp_path / "soft"
    shutil.copytree(corpus, other)
    made = [x.model_copy(update={"derived_from": ("d",)}) for x in make_examples()]
    write_jsonl(other / "train.jsonl", made)
    with pytest.raises(ValueError, match=r"fewer groups than 2 folds \(1 are empty"):
        run(other, output)
    assert not output.exists()


def test_doubted_passages_are_shown_without_mentions_that_are_no_names(
    corpus: Path, tmp_path: Path
) -> None:
    """A person who reviews them would take them for entities; what trains has them."""
    (given, *_) = make_examples()
    it = given.entities[0].model_copy(update={"nominal": True})
    given = given.model_copy(update={"entities": (it, given.entities[1])})
    doc, beliefs = (
        to_doc(blank_pipeline("en"), given),
        [Belief(agreement=0.1, difficulty=0.9)],
    )
    library.write(tmp_path, corpus, [doc], [given], beliefs, Permits(), SETTINGS)
    (kept,) = read_jsonl(tmp_path / "train.jsonl", Example)
    (shown,) = read_jsonl(tmp_path / "doubted.jsonl", Example)
    assert (kept.entities, kept.weight) == (given.entities, 0.5)
    assert (shown.entities, shown.relations) == (given.entities[1:], ())


def doc_of(*mentions: tuple[int, int, str], missing: tuple[int, ...] = ()) -> Doc:
    doc = Doc(spacy.blank("xx").vocab, words="a b c d e f".split())
    parts = [doc[i : i + 1] for i in missing]
    spans = [Span(doc, *mention) for mention in mentions]
    doc.set_ents(spans, missing=parts, default="outside")
    return doc


def test_bounds_that_differ_are_no_disagreement_other_labels_are() -> None:
    gold = doc_of((0, 2, "D"), (3, 4, "C"))
    assert agree(gold, doc_of((1, 2, "D"), (3, 4, "C"))) == 1
    # One of two here, and one of two there.
    assert agree(gold, doc_of((0, 2, "D"), (3, 4, "D"))) == 0.5
    # One of two, and one of three.
    assert agree(gold, doc_of((0, 1, "D"), (2, 3, "C"), (5, 6, "C"))) == 0.4
    assert agree(gold, doc_of()) == 0 and agree(doc_of(), doc_of()) == 1


def test_what_nobody_annotated_is_not_held_against_a_passage() -> None:
    found = doc_of((0, 1, "D"), (5, 6, "C"))
    assert agree(doc_of((0, 1, "D"), missing=(4, 5)), found) == 1
    assert agree(Doc(found.vocab, words=["a", "b"]), found) == 1


def belief(agreement: float, difficulty: float = 0.0) -> Belief:
    return Belief(agreement=agreement, difficulty=difficulty)


def test_the_worse_of_mentions_and_relations_is_the_difficulty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The teacher finds one of two mentions, which is one of three that is not shared;
    a relation is 0.8 from its label, or 0.25."""
    nlp = spacy.blank("xx")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "D", "pattern": "a b"}])  # type: ignore[attr-defined]
    half, missed = doc_of((0, 2, "D"), (3, 4, "C")), doc_of((3, 4, "D"))
    right = doc_of((0, 2, "D"))
    distances = [0.8, 0.25, 0.5, 0.0]
    monkeypatch.setattr(doubt, "soften_relations", lambda *given: distances)
    found = list(judge(nlp, [half, half, missed, right], 0.3))
    assert [round(x.agreement, 4) for x in found] == [0.6667, 0.6667, 0, 1]
    assert [round(x.difficulty, 4) for x in found] == [0.8, 0.3333, 1, 0]
    graded = grade(example("a", id="a", kind="none"), found[1])
    assert graded.meta == {"kind": "none", "difficulty": 0.3333}


def test_the_weight_that_checks_gave_is_lowered_further() -> None:
    given = example("a", id="a", weight=0.5)
    at = SoftenSettings(bound=0.5, weight=0.25)
    assert lower(given, belief(0.49), at).weight == 0.125
    assert lower(given, belief(0.5), at) is given


def test_a_varied_copy_is_in_the_fold_of_what_it_was_made_from() -> None:
    texts = ("gout", "fever", "rash", "mania")
    rows = [example(text, id=text) for text in texts]
    rows[2] = rows[2].model_copy(update={"derived_from": ("gout",)})
    rows[3] = rows[3].model_copy(update={"derived_from": ("letter", "fever")})
    assert group_related(rows) == [0, 1, 2, 3]
    assert group_related(rows, kin=True) == [0, 1, 0, 1]


def test_a_run_without_resuming_begins_anew(corpus: Path, tmp_path: Path) -> None:
    work = library.begin(tmp_path, corpus, CONFIG, "", SETTINGS, True)
    (work / "fold-0.json").write_text("{}")
    assert library.begin(tmp_path, corpus, CONFIG, "", SETTINGS, True) == work
    assert (work / "fold-0.json").exists()
    library.begin(tmp_path, corpus, CONFIG, "other", SETTINGS, False)
    assert not (work / "fold-0.json").exists()
    assert load_json(work / library.KEY)["encoder"] == "other"
