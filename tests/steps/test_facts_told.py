"""Facts on their way: plan, generate, curate, check, with a writer that loses some."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.builders import OPENAI
from tests.builders.packs import make_pack
from tests.fault_server import Fault, FaultServer, serve

from check import check
from curate import curate
from generate import generate
from phantom.jsonl import read_jsonl
from phantom.records import Example, Rejected, Spec
from plan import plan
from simulate import simulate

# Of twelve passages the writer bends the dose of every fourth, and leaves the drug out
# of every sixth.
ROWS = 12
SCENARIOS = """
scenarios:
  - table:
      file: courses.csv
      event: relief
      entities:
        drug: {label: CHEMICAL, column: drug}
        illness: {label: DISEASE, column: illness}
      numbers: {dose: {column: dose, unit: mg}}
      relations: [[drug, TREATS, illness]]
      origin: synthetic
events:
  relief: {kind: treats, attributes: {section: results}}
"""
CHECKS = """
checks: {pii_presidio: false, near_duplicates: false, template_clones: false}
"""


class Writer:
    """Tells the facts of each spec; what it does to them is noted by the drug."""

    def __init__(self) -> None:
        self.server = FaultServer(rule=self.answer)
        self.lost: set[str] = set()
        self.bent: set[str] = set()

    def answer(self, body: dict[str, Any]) -> Fault:
        lines = body["messages"][-1]["content"].splitlines()
        asked = [json.loads(line) for line in lines if line.startswith('{"id"')]
        content = json.dumps({"items": [self.tell(ask) for ask in asked]})
        return {"kind": "elsewhere", "message": lambda raw: {"content": content}}

    def tell(self, ask: dict[str, Any]) -> dict[str, Any]:
        names = {key: term["text"] for key, term in ask["facts"]["entities"].items()}
        drug, dose = names["drug"], ask["facts"]["numbers"]["dose"]["value"]
        number = int(re.sub(r"\D", "", drug))
        if number % 4 == 0:
            self.bent.add(drug)
            dose *= 3
        said = drug
        if number % 6 == 1:
            self.lost.add(drug)
            said = "Anotherin"
        text = (
            f"In case {number}, <CHEMICAL id=1>{said}</CHEMICAL> at {dose} mg relieved "
            f"<DISEASE id=2>{names['illness']}</DISEASE>."
        )
        return {"id": ask["id"], "text": text, "relations": [[1, "TREATS", 2]]}


def test_what_a_writer_loses_is_rejected_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = make_pack(tmp_path, CHECKS).path
    (pack / "scenarios.yml").write_text(SCENARIOS)
    rows = [f"Zolpin{i},asthma{i},{i + 1}0" for i in range(ROWS)]
    (pack / "courses.csv").write_text("\n".join(["drug,illness,dose", *rows]) + "\n")
    corpus, metrics = tmp_path / "corpus", tmp_path / "metrics"
    journal, round_ = corpus / "completions.jsonl", corpus / "round-1"
    simulate(pack, tmp_path / "facts.jsonl")
    facts = {"facts": str(tmp_path / "facts.jsonl"), "facts_share": 1.0, "rare": 0.0}
    plan(pack, corpus, journal, total=ROWS, **facts)  # type: ignore[arg-type]
    specs = list(read_jsonl(round_ / "specs.jsonl", Spec))
    assert len({spec.facts.id for spec in specs if spec.facts}) == ROWS

    writer = Writer()
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with serve(writer.server) as url:
        settings = [f"llm.base_url={url}", "llm.concurrency=1", "llm.start=1"]
        generate(pack, round_ / "specs.jsonl", journal, llm=OPENAI, set_=settings)
    assert len(writer.bent) == 3 and len(writer.lost) == 2
    files = round_ / "accepted.jsonl", round_ / "rejected.jsonl"
    curate(pack, round_ / "specs.jsonl", journal, *files)
    assert len(list(read_jsonl(files[0], Example))) == ROWS

    check(pack, files[0], round_, metrics, model=False)
    drugs = {s.id: s.facts.entities["drug"].text for s in specs if s.facts}
    rejected = list(read_jsonl(round_ / "rejected_by_checks.jsonl", Rejected))
    assert {r.reason for r in rejected} == {"facts_kept.fact_lost"}
    assert {drugs[r.spec_id] for r in rejected} == writer.bent | writer.lost
    kept = list(read_jsonl(round_ / "checked.jsonl", Example))
    assert len(kept) == ROWS - 5
    assert all(e.meta["facts"]["event"] == "relief" for e in kept)
    report = json.loads((metrics / "quality.json").read_text())
    shares = [m for m in report["measures"] if m["name"] == "facts_kept"]
    # Of three facts in each of twelve passages five were lost.
    assert shares[0]["value"] == pytest.approx(31 / 36)
