"""Pipelines of sites: alike where they agree, and what training at a site moves."""

from pathlib import Path

import numpy
import pytest
from spacy.language import Language
from tests.builders.federating import CONFIG, SCHEMA, only, synthetic, write_site

from phantom.training.federated.labels import unite
from phantom.training.federated.local import make_pull, read_labels, train_round
from phantom.training.federated.messages import Labels, Settings
from phantom.training.federated.model import (
    build,
    describe,
    output_rows,
    read_arrays,
    write_arrays,
)

LABELS = Labels(entities=("ANIMAL", "FOOD"), relations=SCHEMA)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sites")
    made = synthetic(12, 0)
    return {
        "all": write_site(folder / "all", made),
        "animals": write_site(folder / "animals", only(made, "ANIMAL")),
    }


def make(corpus: Path, folder: Path, labels: Labels = LABELS) -> Language:
    return build(CONFIG, corpus, folder / "labels", labels, 0)


@pytest.fixture(scope="module")
def nlp(corpora: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Language:
    return make(corpora["all"], tmp_path_factory.mktemp("built"))


def test_sites_declare_what_their_text_marks(corpora: dict[str, Path]) -> None:
    declared, counts = read_labels(CONFIG, corpora["all"])
    assert declared == LABELS
    assert (counts.examples, counts.synthetic, counts.models) == (12, 12, {})
    declared = read_labels(CONFIG, corpora["animals"])[0]
    assert declared == Labels(entities=("ANIMAL",))
    assert unite({"one": declared, "two": LABELS}) == LABELS


def test_a_relation_without_direction_at_one_site_is_no_union() -> None:
    rule = {**SCHEMA["EATS"], "symmetric": True}
    with pytest.raises(ValueError, match="EATS: symmetric at one of one and two"):
        unite({"one": LABELS, "two": Labels(relations={"EATS": rule})})


def test_sites_with_other_text_and_labels_have_the_same_model(
    nlp: Language, corpora: dict[str, Path], tmp_path: Path
) -> None:
    other = make(corpora["animals"], tmp_path)
    assert describe(other) == describe(nlp)
    assert "tok2vec + ner + relation_extractor" in describe(nlp)[1]
    assert other.get_pipe("ner").move_names == nlp.get_pipe("ner").move_names
    smaller = make(corpora["animals"], tmp_path, Labels(entities=("ANIMAL",)))
    assert describe(smaller)[0] != describe(nlp)[0]
    assert smaller.pipe_names == ["tok2vec", "ner"]


def test_arrays_go_out_and_in_again(nlp: Language) -> None:
    before = read_arrays(nlp)
    write_arrays(nlp, {name: array + 1 for name, array in before.items()})
    after = read_arrays(nlp)
    write_arrays(nlp, before)
    assert all(numpy.allclose(after[name], before[name] + 1) for name in before)


def test_outputs_are_told_by_their_labels(nlp: Language) -> None:
    rows = output_rows(nlp)
    arrays = read_arrays(nlp)
    for name, (axis, labels) in rows.items():
        assert arrays[name].shape[axis] == len(labels)
    found = {frozenset(labels) for _, labels in rows.values()}
    assert found == {frozenset({"", "ANIMAL", "FOOD"}), frozenset({"EATS"})}
    assert len(rows) >= 4


def test_a_round_at_a_site_is_the_same_each_time_and_learns(
    nlp: Language, tmp_path: Path
) -> None:
    settings = Settings(steps=3)
    start = read_arrays(nlp)
    first = train_round(nlp, LABELS, settings, "one", 1, start, tmp_path)
    again = train_round(nlp, LABELS, settings, "one", 1, start, tmp_path)
    other = train_round(nlp, LABELS, settings, "two", 1, start, tmp_path)
    write_arrays(nlp, start)
    assert all(numpy.array_equal(first[name], again[name]) for name in first)
    assert any(not numpy.allclose(first[name], other[name]) for name in first)
    assert all(numpy.isfinite(array).all() for array in first.values())


def test_the_pull_is_mu_times_the_distance(nlp: Language) -> None:
    start = read_arrays(nlp)
    name = next(key for key, array in start.items() if array.ndim == 2)
    moved = {**start, name: start[name] + 2}
    write_arrays(nlp, moved)
    owner = next(
        node
        for _, pipe in nlp.pipeline
        for node in pipe.model.walk()  # type: ignore[attr-defined]
        if node.has_param("W") or node.has_param("E")
        for key in node.param_names
        if node.has_param(key)
        and node.get_param(key).shape == start[name].shape
        and numpy.array_equal(node.get_param(key), moved[name])
    )
    make_pull(nlp, start, 0.25)()
    key = name.rpartition("/")[2]
    assert numpy.allclose(owner.get_grad(key), 0.5)
    for _, pipe in nlp.pipeline:
        for node in pipe.model.walk():  # type: ignore[attr-defined]
            for each in node.param_names:
                if node.has_grad(each):
                    node.set_grad(each, node.get_grad(each) * 0)
    write_arrays(nlp, start)


def test_fedprox_stays_nearer_to_the_start(nlp: Language, tmp_path: Path) -> None:
    start = read_arrays(nlp)
    far, near = (
        train_round(
            *(nlp, LABELS, Settings(steps=8, proximal=mu), "one", 0, start, tmp_path)
        )
        for mu in (0.0, 10.0)
    )
    write_arrays(nlp, start)
    lengths = [sum(float((x**2).sum()) for x in each.values()) for each in (far, near)]
    assert lengths[1] < lengths[0]
