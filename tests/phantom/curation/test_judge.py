"""The judge: worth on planted faults first, then verdicts; a gate in between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.builders import MEDICINE, OPENAI, example
from tests.builders.judging import ScriptedJudge
from tests.fault_server import serve

from judge import judge
from phantom.completions.journal import Journal
from phantom.curation.judge import (
    Bench,
    Judged,
    measure_pairs,
    measure_people,
    measure_worth,
    open_gates,
    plant_faults,
    read_planted,
    rule,
)
from phantom.curation.judge.planted import PLANTED, wrong_relation
from phantom.curation.judge.votes import read_verdict
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms import load_backend
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.packs.rubric import Rubric, read_rubric
from phantom.records import Example

PACK = load_pack(MEDICINE)
RUBRIC = read_rubric(PACK)
WORDS = load_language("en").prompt
RECORDED = PACK.recording / "judge"


def passages(count: int) -> list[Example]:
    return [
        example(
            "<CHEMICAL id=1>Zolpin</CHEMICAL> relieves <DISEASE id=2>gout</DISEASE> "
            f"in cohort {i}; <DISEASE id=3>asthma</DISEASE> was common.",
            (1, "TREATS", 2),
            id=f"p{i}",
            model="m",
        )
        for i in range(count)
    ]


@contextmanager
def bench(judge: ScriptedJudge, folder: Path, **more: object) -> Iterator[Bench]:
    with (
        serve(judge.server) as url,
        pytest.MonkeyPatch.context() as patch,
        Journal(folder / "judge.completions.jsonl") as journal,
    ):
        patch.setenv("OPENAI_API_KEY", "k")
        overrides = {"llm.base_url": url, "llm.concurrency": 4}
        backend = load_backend(OPENAI, overrides)
        yield Bench(PACK, RUBRIC, backend, journal, **more)  # type: ignore[arg-type]


def test_each_fault_fails_its_criterion_and_no_control_is_one() -> None:
    planted = plant_faults(PACK, passages(90), 12)
    faults = [x.meta[PLANTED] for x in planted.examples if x.meta[PLANTED]]
    assert len(faults) == 24 and len(planted.examples) == 48
    assert {faults.count(name) for name in faults} == {4}
    of = [x.meta["of"] for x in planted.examples]
    assert len(set(of)) == 48
    for _, before, after in planted.pairs:
        assert before.text == after.text
        assert (before.entities, before.relations) != (after.entities, after.relations)
    assert read_planted(planted.examples).criteria == planted.criteria
    alone = example("<DISEASE id=1>Gout</DISEASE> hurts.")
    assert wrong_relation(PACK, None, alone) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("errors", "is_open"), [(0.1, True), (0.4, False)])
def test_only_a_judge_that_proved_its_worth_may_reject(
    tmp_path: Path, errors: float, is_open: bool
) -> None:
    """Votes that err in 10% (two of three: 2.8%) pass; in 40% (35%) they do not."""
    corpus = passages(160)
    planted = plant_faults(PACK, corpus[:120], 24)
    scripted = ScriptedJudge(errors)
    for criterion in ("labels", "relations"):
        names = [n for n, c in planted.criteria.items() if c == criterion]
        scripted.learn([x for x in planted.examples if x.id in names], criterion)
    bad = [x.model_copy(update={"relations": ()}) for x in corpus[120:140]]
    scripted.learn(bad, "relations")
    with bench(scripted, tmp_path) as court:
        tried, _ = court.vote(planted.examples, 3)
        worth = measure_worth(tried, planted.criteria, RUBRIC)
        gates = open_gates(worth, RUBRIC)
        judged, _ = court.vote([*bad, *corpus[140:]], 3)
    ruling = rule([*bad, *corpus[140:]], judged, gates)
    for x in worth[:2]:
        assert x.planted == 24 and x.judged == 72
        assert x.agreement == pytest.approx((1 - errors) ** 2 + errors**2, abs=0.1)
    assert gates["plausible"] == "judge.yml leaves it to people"
    if is_open:
        assert all(min(x.recall or 0, x.precision or 0) > 0.8 for x in worth[:2])
        assert gates["labels"] == gates["relations"] == ""
        caught = {x.spec_id for x in ruling.rejected if x.reason == "judge_relations"}
        assert len(caught & {x.id for x in bad}) >= 17
        assert len(ruling.rejected) <= 24 and ruling.rejected[0].raw
    else:
        assert "precision may be as low as" in gates["labels"]
        assert ruling.rejected == [] and len(ruling.kept) == 40
        assert len(ruling.to_review) > 10


def test_pairs_show_a_judge_that_likes_what_stands_first(tmp_path: Path) -> None:
    planted = plant_faults(PACK, passages(30), 6)
    for pairs, consistent, right, first in (("right", 12, 12, 0.5), ("first", 0, 0, 1)):
        scripted = ScriptedJudge(0, pairs)
        scripted.learn([after for _, _, after in planted.pairs], "labels")
        folder = tmp_path / pairs
        folder.mkdir()
        with bench(scripted, folder) as court:
            choices, _ = court.prefer(planted.pairs)
        found = measure_pairs(choices)
        assert found == {
            "pairs": 12,
            "consistent": consistent,
            "right": right,
            "first": first,
        }


def test_nothing_is_paid_twice_and_a_changed_passage_is_judged_anew(
    tmp_path: Path,
) -> None:
    scripted = ScriptedJudge(0)
    some = passages(8)
    with bench(scripted, tmp_path) as court:
        judged, summary = court.vote(some, 2)
        asked = scripted.server.count
        again, _ = court.vote(some, 2)
        assert asked == scripted.server.count and again == judged
        assert summary.completed == 16 and len(judged["p0"].votes) == 2
        scripted.learn([some[0].model_copy(update={"relations": ()})], "relations")
        some[0] = some[0].model_copy(update={"relations": ()})
        changed, _ = court.vote(some, 2)
        assert scripted.server.count > asked
    assert changed["p0"].denies("relations") and not judged["p0"].denies("relations")


def test_a_budget_ends_the_run_and_without_votes_nothing_is_rejected(
    tmp_path: Path,
) -> None:
    scripted = ScriptedJudge(0)
    some = passages(40)
    with bench(scripted, tmp_path, budget="9000 tokens") as court:
        judged, summary = court.vote(some, 3)
    assert summary.pending and "budget" in str(summary.stopped)
    ruling = rule(some, judged, {"labels": ""})
    assert ruling.rejected == [] and ruling.without == 40 - len(judged)


def test_private_passages_do_not_leave(tmp_path: Path) -> None:
    scripted = ScriptedJudge(0)
    private = [x.model_copy(update={"origin": "private"}) for x in passages(2)]
    with bench(scripted, tmp_path) as court:
        with pytest.raises(ValueError, match="private"):
            court.vote(private, 1)
    assert scripted.server.count == 0


def test_verdicts_are_read_loosely_but_wholly() -> None:
    said = "Labels - YES, relations: no; plausible = yes; **realistic**: yes | x"
    found = read_verdict(said, RUBRIC, WORDS)
    assert found == {x: x != "relations" for x in RUBRIC.criteria}
    assert read_verdict("labels: yes; relations: no", RUBRIC, WORDS) is None


def test_worth_by_hand() -> None:
    """Of three faults two are denied, and one of three controls: 2/3 and 2/3."""
    rubric = Rubric.model_validate(
        {"criteria": {"labels": {"question": "?", "rejects": True}}, "preference": "?"}
    )
    yes, no = ({"labels": True},), ({"labels": False},)
    said = {"a": no, "b": no, "c": yes, "d": no, "e": yes, "f": yes}
    judged = {name: Judged(id=name, votes=votes) for name, votes in said.items()}
    (x,) = measure_worth(judged, dict.fromkeys("abc", "labels"), rubric)
    assert (x.found, x.denied, x.planted, x.judged) == (2, 3, 3, 6)
    assert x.precision == x.recall == pytest.approx(2 / 3)
    assert open_gates([x], rubric) == {"labels": "3 planted faults judged, 20 wanted"}
    tie = Judged(id="t", votes=(*yes, *no))
    assert not tie.denies("labels") and tie.agreement("labels") == 0
    people = {"a": False, "b": True, "e": True, "stranger": True}
    found = measure_people(judged, people, rubric)
    assert found["passages"] == 3 and found["agree"] == pytest.approx(2 / 3)
    assert found["kappa"] == pytest.approx(0.4)


@pytest.mark.slow
def test_the_recorded_run_is_worth_what_the_page_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """18 faults of labels and of relations each, 36 controls, one vote."""
    judge(
        MEDICINE,
        RECORDED / "planted.jsonl",
        tmp_path,
        llm=Path("configs/llm/recording.cfg"),
        set_=[f"llm.path={RECORDED / 'completions.jsonl'}"],
        planted=str(RECORDED / "planted.jsonl"),
        votes=1,
    )
    labels, relations, *_ = json.loads((tmp_path / "judge.json").read_text())["worth"]
    assert (labels["found"], labels["denied"], labels["planted"]) == (18, 18, 18)
    assert (relations["found"], relations["denied"], relations["planted"]) == (
        18,
        19,
        18,
    )
    shown = capsys.readouterr().out
    assert "18 planted faults judged, 20 wanted" in shown
    # The check stands beside it, on the same 18 faults and 36 controls.
    beside = json.loads((tmp_path / "judge.json").read_text())["label_errors"]
    assert (beside["planted"], beside["judged"]) == (18, 54)
    assert "label_errors" in shown
    assert shown.index("precision") < shown.index("to review")
    assert not list(read_jsonl(tmp_path / "rejected_by_judge.jsonl", Example))


def test_a_missing_verdict_closes_the_step_early(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The recording answers none of these: no gate opens, nothing is judged."""
    write_jsonl(tmp_path / "some.jsonl", passages(60))
    judge(
        MEDICINE,
        tmp_path / "some.jsonl",
        tmp_path / "out",
        llm=Path("configs/llm/recording.cfg"),
        set_=[f"llm.path={RECORDED / 'completions.jsonl'}"],
        each=12,
        no_model=True,
    )
    assert "votes are missing" in capsys.readouterr().out
    assert not (tmp_path / "out" / "judged.jsonl").exists()
