"""Personas: quotas of their own, all else of the plan as without, and the prompt."""

import json
from pathlib import Path

import pytest
from measurements.personas import measure_passages, measure_plan
from tests.builders import FINANCE, MEDICINE, example
from tests.builders.packs import make_context, make_pack

from phantom.checks import CheckContext, load_config
from phantom.jsonl import read_jsonl
from phantom.packs.pack import load_pack
from phantom.packs.personas import WRITER, read_personas
from phantom.planning.plan import make_plan
from phantom.planning.quotas import quota_table
from phantom.planning.rounds import read_recorded
from phantom.planning.writers import Writers, find_writers
from phantom.prompts.prompter import Prompter
from phantom.records import Completion, Spec

PERSONAS = """
except_kinds: [none]
personas:
  clerk: {weight: 3, specialty: files, seniority: junior, setting: cellar,
          region: north, habits: [short words]}
  chief: {specialty: all, seniority: senior, setting: tower, region: south,
          habits: [long words, no dates]}
"""


@pytest.mark.parametrize("path", [MEDICINE, FINANCE], ids=lambda path: path.name)
def test_each_writer_has_its_share_and_nothing_else_changes(path: Path) -> None:
    found = measure_plan(load_pack(path), 900)
    assert found["writers"] >= 10 and found["specs that differ otherwise"] == 0
    assert 0.35 * 900 < found["with a writer"] < 0.55 * 900
    assert found["furthest from quota"] < 0.1


def test_what_is_recorded_stays_as_it_is() -> None:
    pack = load_pack(MEDICINE)
    recorded = read_recorded(pack)
    writers = find_writers(pack, 1.0, 0)
    specs = make_plan(pack, len(recorded) + 40, frozen=recorded, writers=writers)
    assert specs[: len(recorded)] == recorded
    new = specs[len(recorded) :]
    assert all((WRITER in x.attributes) == (x.kind != "document") for x in new)
    assert find_writers(pack, 0, 0) is None
    assert not any(c.attribute == WRITER for c in quota_table(pack, recorded))


def test_quotas_are_of_those_that_have_a_writer(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    (pack.path / "personas.yml").write_text(PERSONAS)
    writers = Writers(read_personas(pack), 1.0)
    for _ in range(40):
        writers.deal("treats")
    assert writers.dealt.total() == 40
    clerk = "files, junior; cellar, north; short words"
    assert writers.dealt[clerk] == pytest.approx(30, abs=2)
    assert writers.deal("none") == {}


def test_the_writer_stands_in_the_prompt() -> None:
    pack = load_pack(MEDICINE)
    (spec,) = make_plan(pack, 1, writers=find_writers(pack, 1.0, 0), seed=1)
    prompt = Prompter(pack).render([spec])
    assert f'"writer": "{spec.attributes[WRITER]}"' in prompt.parts[-1].text


def test_mistakes_are_named_with_file_and_key(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    with pytest.raises(ValueError, match="personas.yml: missing"):
        find_writers(pack, 0.5, 0)
    path = pack.path / "personas.yml"
    path.write_text(PERSONAS.replace("[none]", "[nothing]"))
    with pytest.raises(ValueError, match="except_kinds: 'nothing' is no kind"):
        read_personas(pack)
    path.write_text(PERSONAS.replace("seniority: senior, ", ""))
    with pytest.raises(ValueError, match=r"personas.chief.seniority: Field required"):
        read_personas(pack)
    path.write_text(PERSONAS)
    with pytest.raises(ValueError, match="a share of 2"):
        find_writers(pack, 2, 0)


def test_passages_with_a_writer_stand_beside_those_without(tmp_path: Path) -> None:
    """With: each its own words, and half name a woman. Without: one text, no group."""
    words = ["gout", "asthma", "mumps", "rash", "scabies", "croup"]
    own = [
        example(
            f"{'A woman' if i % 2 else 'Someone'} had {word} on day {i}.",
            id=f"w{i}",
            meta={"attributes": {WRITER: "clerk"}},
        )
        for i, word in enumerate(words)
    ]
    context = make_context(tmp_path)
    plain = [example("There was gout again.", id=f"p{i}") for i in range(6)]
    found = measure_passages([*own, *plain], context)
    assert found["passages"] == 6 and found["names a group"] == [0.5, 0.0]
    assert found["distinct_2"][0] > found["distinct_2"][1]
    assert found["self_bleu"][0] < found["self_bleu"][1]
    assert found["sex: female"] == [3, 0]
    with pytest.raises(ValueError, match="0 passages with a writer and 6 without"):
        measure_passages(plain, context)


def test_the_recorded_ablation_is_what_the_page_says() -> None:
    """36 specs, each written with a writer and without; docs/generation.md."""
    folder = MEDICINE / "recording" / "personas"
    specs = list(read_jsonl(folder / "specs.jsonl", Spec))
    for plain, own in zip(specs[:36], specs[36:], strict=True):
        assert own.attributes == {**plain.attributes, WRITER: own.attributes[WRITER]}
        assert (plain.kind, plain.seeds) == (own.kind, own.seeds)
    assert len({spec.attributes.get(WRITER) for spec in specs}) == 13
    answers = read_jsonl(folder / "completions.jsonl", Completion)
    texts = {x.spec_ids[0]: json.loads(x.completion)["text"] for x in answers}
    written = [
        example(texts[x.id], id=x.id, meta={"attributes": x.attributes}) for x in specs
    ]
    context = CheckContext(load_pack(MEDICINE), load_config(MEDICINE))
    found = measure_passages(written, context)
    assert found["passages"] == 36 and found["distinct_2"] == [0.9629, 0.9665]
    assert found["names a group"] == [round(13 / 36, 4), round(5 / 36, 4)]
    assert found["sex: female"] == [10, 3] and found["sex: male"] == [3, 2]
