import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import plan
from console.step import make_app
from phantom.completions.journal import Journal
from phantom.jsonl import read_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.planning.plan import is_excluded, make_plan
from phantom.planning.quotas import quota_table
from phantom.planning.stale import describe_stale
from phantom.records import Completion, Spec

MEDICINE = Path("assets/domains/medicine")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(MEDICINE)


@pytest.fixture(scope="module")
def frozen(pack: Pack) -> list[Spec]:
    return list(read_jsonl(pack.recording / "specs.jsonl.gz", Spec))


def test_recording_comes_first_then_new_specs(pack: Pack, frozen: list[Spec]) -> None:
    specs = make_plan(pack, len(frozen) + 200, frozen=frozen, seed=3)
    assert specs[: len(frozen)] == frozen
    assert len({spec.id for spec in specs}) == len(frozen) + 200


@pytest.mark.parametrize("total", [1, 15, 400, 2000])
def test_a_part_of_the_recording_is_balanced_over_kinds(
    pack: Pack, frozen: list[Spec], total: int
) -> None:
    part = make_plan(pack, total, frozen=frozen, seed=1)
    assert part == make_plan(pack, total, frozen=frozen, seed=2)
    assert len({spec.id for spec in part}) == total
    places = {spec.id: i for i, spec in enumerate(frozen)}
    order = [places[spec.id] for spec in part]
    assert order == sorted(order)
    assert [frozen[i] for i in order] == part
    available = Counter(spec.kind for spec in frozen)
    for cell in quota_table(pack, part):
        if cell.attribute == "kind":
            lacking = cell.quota - cell.planned
            assert lacking < 1 or cell.planned == available[str(cell.value)]


@pytest.mark.slow
def test_specs_of_an_older_domain_are_named_and_stay(
    tmp_path: Path, frozen: list[Spec]
) -> None:
    folder = tmp_path / "medicine"
    shutil.copytree(MEDICINE, folder)
    text = (folder / "domain.yml").read_text()
    text = text.replace("\n  gene+disease not associated:", "\n  gene apart:")
    (folder / "domain.yml").write_text(text)
    pack = load_pack(folder)
    renamed = sum(spec.kind == "gene+disease not associated" for spec in frozen)
    lines = "\n".join(describe_stale(pack, frozen))
    assert f"kind 'gene+disease not associated': {renamed:,} specs" in lines
    assert "'gene apart'" in lines and "specs.jsonl.gz" in lines
    output = run_plan(tmp_path, 0, "configs/llm/recording.cfg", folder)
    assert f"kind 'gene+disease not associated': {renamed:,} specs" in output
    assert list(read_jsonl(tmp_path / "round-1/specs.jsonl", Spec)) == frozen


def test_specs_of_a_removed_label_are_named(pack: Pack) -> None:
    specs = [
        Spec(id="a", kind="disease", seeds={"DISEASE": ["asthma"]}),
        Spec(id="b", kind="disease", open=["ORGAN"]),
        Spec(id="c", kind="disease", open=["ORGAN"], seeds={"ORGAN": ["liver"]}),
    ]
    assert "label 'ORGAN': 2 specs" in describe_stale(pack, specs)
    assert describe_stale(pack, specs[:1]) == []


def test_same_seed_same_plan(pack: Pack) -> None:
    plan = make_plan(pack, 80, seed=1)
    assert plan == make_plan(pack, 80, seed=1)
    assert plan != make_plan(pack, 80, seed=2)


def test_excludes_hold_and_quotas_are_met(pack: Pack) -> None:
    specs = make_plan(pack, 1500)
    for spec in specs:
        assert not is_excluded(pack.domain, spec.kind, spec.attributes)
        if spec.attributes.get("section") == "title":
            assert int(spec.attributes["words"]) <= 20
    for cell in quota_table(pack, specs):
        assert abs(cell.planned - cell.quota) <= max(8, 0.2 * cell.quota), cell


def test_quotas_make_up_for_what_the_recording_lacks(pack: Pack) -> None:
    base = make_plan(pack, 400)
    skewed = [spec for spec in base if spec.kind != "none"]
    specs = make_plan(pack, 800, frozen=skewed)
    cells = {c.value: c for c in quota_table(pack, specs) if c.attribute == "kind"}
    assert cells["none"].planned >= 0.8 * cells["none"].quota


def test_pairs_come_from_the_table(pack: Pack) -> None:
    rows = (MEDICINE / "lexicons/drug_disease.tsv").read_text().splitlines()[1:]
    known = {tuple(row.split("\t")[:2]) for row in rows if not row.endswith("\tNOT")}
    drawn = 0
    for spec in make_plan(pack, 600):
        if spec.kind == "chemical treats disease" and not spec.open:
            pair = spec.seeds["CHEMICAL"][0], spec.seeds["DISEASE"][0]
            assert pair in known
            drawn += 1
    assert drawn > 10


def test_a_grid_that_rules_out_everything_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "toy"
    folder.mkdir()
    domain = {
        "name": "toy",
        "title": "t",
        "licence": "MIT",
        "labels": {"A": {"definition": "a"}},
        "kinds": {"a": {"weight": 1, "entities": {"A": 1}}},
        "attributes": {"length": {"values": {"short": 1}}},
        "excludes": [{"length": "short"}],
    }
    (folder / "domain.yml").write_text(yaml.safe_dump(domain))
    with pytest.raises(ValueError, match="excludes"):
        make_plan(load_pack(folder), 1)
    with pytest.raises(ValueError, match="at least 1"):
        make_plan(load_pack(folder), 0)


def run_plan(folder: Path, total: int, llm: str, pack: Path = MEDICINE) -> str:
    call = [str(pack), str(folder), str(folder / "completions.jsonl")]
    call += ["--total", str(total), "--llm", llm]
    result = CliRunner().invoke(make_app(plan.plan), call)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_the_forecast_says_what_the_recording_lacks(
    tmp_path: Path, frozen: list[Spec]
) -> None:
    recording = "configs/llm/recording.cfg"
    output = run_plan(tmp_path, len(frozen) + 7, recording)
    assert f"recording answers {len(frozen):,} specs" in output
    assert "7 specs have no completion" in output
    assert "set OPENAI_API_KEY" in output
    assert "no completion" not in run_plan(tmp_path, len(frozen), recording)


def test_a_larger_plan_keeps_what_is_paid_for(tmp_path: Path) -> None:
    folder = tmp_path / "finance"
    shutil.copytree(MEDICINE.with_name("finance"), folder)
    shutil.rmtree(folder / "recording")
    run_plan(tmp_path, 60, "configs/llm/openai.cfg", folder)
    first = [s.id for s in read_jsonl(tmp_path / "round-1/specs.jsonl", Spec)]
    good = '{"text": "Nothing was sold.", "relations": []}'
    with Journal(tmp_path / "completions.jsonl") as journal:
        for name in first[:40]:
            journal.append(
                Completion(spec_ids=(name,), completion=good, model="m", recorded="")
            )
    run_plan(tmp_path, 90, "configs/llm/openai.cfg", folder)
    second = [s.id for s in read_jsonl(tmp_path / "round-1/specs.jsonl", Spec)]
    assert second[:40] == first[:40] and len(second) == len(set(second)) == 90


def test_the_forecast_of_an_endpoint_has_a_price(tmp_path: Path) -> None:
    output = run_plan(tmp_path, 95, "configs/llm/openai.cfg")
    assert "requests 10" in output
    assert re.search(r"price, nothing cached 0\.\d\d to 0\.\d\d USD", output)
