"""An answer becomes an example, or is rejected with its reason."""

import json
from pathlib import Path

import pytest
from tests.builders.answered import NLP, PACK, PAIR, answer, complete, judge
from typer.testing import CliRunner

import curate
from console.step import make_app
from phantom.curation.curator import Curator
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.passages.concepts import find_concepts
from phantom.records import Completion, Example, Rejected, Spec

FLU = "<DISEASE id=1>flu</DISEASE>"


def test_example_with_offsets_relations_and_provenance() -> None:
    (example,) = judge(answer(PAIR, [[1, "INDUCES", 2]], "induces"))
    assert isinstance(example, Example)
    assert example.text == "Iron gave nausea."
    assert [(e.text, e.label) for e in example.entities] == [
        ("Iron", "CHEMICAL"),
        ("nausea", "DISEASE"),
    ]
    assert [(r.head, r.label, r.tail) for r in example.relations] == [(0, "INDUCES", 1)]
    assert example.meta["kind"] == "chemical induces disease"
    assert example.model == "m"


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        (answer("no tags here"), "label_missing"),
        (answer(f"{FLU} here", spec_id="none"), "unexpected_entity"),
        (answer(f"{FLU} here", spec_id="elsewhere"), "not_planned"),
        (answer(f"{FLU} here", spec_id="old"), "unknown_kind"),
        (answer("<DISEASE id=1>flu"), "unclosed_tag"),
        (answer("<VIRUS id=1>flu</VIRUS>"), "unknown_label"),
        (answer("<DISEASE id=1> </DISEASE> x"), "empty_mention"),
        (answer(PAIR, [], "induces"), "relation_missing"),
        (answer(PAIR, [[1, "INDUCES", 2]]), "forbidden_relation"),
        (answer(PAIR, [[2, "INDUCES", 1]], "induces"), "relation_types"),
        (answer(PAIR, [[1, "HEALS", 2]], "induces"), "unknown_relation"),
        (answer(PAIR, [[1, "INDUCES", 9]], "induces"), "unknown_tag_id"),
        (answer(PAIR, [[1, "INDUCES", 1]], "induces"), "bad_relation"),
        (answer(PAIR, ["INDUCES"], "induces"), "bad_relation"),
        (answer(PAIR, [[True, "INDUCES", 2]], "induces"), "unknown_tag_id"),
        (complete(""), "empty"),
        (complete("I'm sorry, but I can't."), "unparsed"),
        (complete('{"text": "half a li'), "truncated"),
        (complete("{[<" * 33_000), "unparsed"),
    ],
)
def test_each_rejection_has_its_reason(completion: Completion, reason: str) -> None:
    (outcome,) = judge(completion)
    assert isinstance(outcome, Rejected), outcome
    assert outcome.reason == reason
    assert outcome.detail
    assert outcome.spec_id == completion.spec_ids[0]


def test_fences_prose_and_odd_characters_are_survived() -> None:
    text = "\ufeff<DISEASE id=1> flu\u200b </DISEASE>\r\nin 😀 p < 0.05, A>G\x07"
    raw = f"Here you are:\n```json\n{json.dumps({'text': text})}\n```\nEnjoy!"
    (example,) = judge(complete(raw))
    assert isinstance(example, Example)
    assert example.text == "flu in 😀 p < 0.05, A>G"
    assert [e.text for e in example.entities] == ["flu"]


def test_duplicates_and_second_answers() -> None:
    curator = Curator(
        PACK,
        {name: Spec(id=name, kind="disease", open=["DISEASE"]) for name in "abcd"},
        NLP,
    )
    outcomes = list(
        curator.curate(
            [
                answer(f"A case of {FLU}.", spec_id="a"),
                answer(f"A case of {FLU}.", spec_id="b"),
                answer(f"a CASE of {FLU}!", spec_id="c"),
                answer(f"Another {FLU}.", spec_id="a"),
                answer(f"Another {FLU}.", spec_id="d"),
            ]
        )
    )
    reasons = [getattr(outcome, "reason", "accepted") for outcome in outcomes]
    assert reasons == [
        "accepted",
        "duplicate",
        "same_words",
        "answered_twice",
        "accepted",
    ]


def test_of_two_answers_the_last_that_can_be_read_counts(tmp_path: Path) -> None:
    specs, journal = tmp_path / "specs.jsonl", tmp_path / "completions.jsonl"
    write_jsonl(specs, (Spec(id=x, kind="disease", open=["DISEASE"]) for x in "abc"))
    told = (
        answer(f"An old {FLU}.", spec_id="a"),
        answer("<DISEASE id=1>flu", spec_id="b"),
        answer(f"A good {FLU}.", spec_id="c"),
        answer(f"A new {FLU}.", spec_id="a"),
        answer(f"A mended {FLU}.", spec_id="b"),
        answer("<DISEASE id=1>broken", spec_id="c"),
    )
    write_jsonl(journal, told)
    accepted, rejected = tmp_path / "accepted.jsonl", tmp_path / "rejected.jsonl"
    paths = [str(PACK.path), *map(str, (specs, journal, accepted, rejected))]
    result = CliRunner().invoke(make_app(curate.curate), paths)
    assert result.exit_code == 0, result.output
    texts = {x.id: x.text for x in read_jsonl(accepted, Example)}
    assert texts == {"a": "A new flu.", "b": "A mended flu.", "c": "A good flu."}
    assert list(read_jsonl(rejected, Rejected)) == []
    assert "3 answers were replaced" in result.output


def test_relations_are_spread_over_a_concept() -> None:
    text = (
        "<CHEMICAL id=1>Vincristine</CHEMICAL> led to <DISEASE id=2>acute renal "
        "failure</DISEASE> (<DISEASE id=3>ARF</DISEASE>); <DISEASE id=4>ARF</DISEASE> "
        "and <DISEASE id=5>rash</DISEASE> resolved after "
        "<CHEMICAL id=6>vincristine</CHEMICAL>."
    )
    (example,) = judge(answer(text, [[1, "INDUCES", 2]], "induces"))
    assert isinstance(example, Example)
    assert find_concepts(example.text, example.entities) == [0, 1, 1, 1, 4, 0]
    pairs = {(r.head, r.tail) for r in example.relations}
    assert pairs == {(0, 1), (0, 2), (0, 3), (5, 1), (5, 2), (5, 3)}
    assert example.meta["stated"] == 1


@pytest.mark.parametrize("folder", sorted(Path("assets/domains").glob("*/recording")))
@pytest.mark.slow
def test_every_recorded_completion_is_accounted_for(folder: Path) -> None:
    pack: Pack = load_pack(folder.parent)
    specs = {s.id: s for s in read_jsonl(folder / "specs.jsonl.gz", Spec)}
    completions = list(read_jsonl(folder / "completions.jsonl.gz", Completion))
    outcomes = list(Curator(pack, specs, NLP).curate(completions))
    accepted = {o.id for o in outcomes if isinstance(o, Example)}
    rejected = {o.spec_id for o in outcomes if isinstance(o, Rejected)}
    assert len(outcomes) == len(completions)
    assert accepted | rejected == set(specs)
    assert not accepted & rejected
    assert len(accepted) > 0.95 * len(specs)
