"""What a run of the LLM as labeller may see, and what it took."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE

from phantom.completions.journal import Journal
from phantom.curation.labelling import (
    find_origin,
    label_texts,
    make_labeller,
    name_run,
    read_figures,
)
from phantom.jsonl import write_json
from phantom.llms import Job, load_backend
from phantom.packs.pack import load_pack
from phantom.records import Completion, Example


def test_private_texts_need_a_host(tmp_path: Path) -> None:
    ward = tmp_path / "ward"
    ward.mkdir()
    notes = ward / "notes.jsonl"
    assert find_origin(notes, [], "") == "public"
    assert find_origin(notes, [tmp_path / "other"], "") == "public"
    assert find_origin(notes, [ward], "localhost") == "private"
    with pytest.raises(ValueError, match="private, by --private; nothing was sent"):
        find_origin(notes, [ward], "")


def test_a_run_is_named_so_that_any_system_can_store_it() -> None:
    name = name_run(Path("gad/dev.jsonl"), "org/model:7b", 3)
    assert name == "gad-dev-org_model_7b-3-shot"


def test_figures_count_different_texts_and_every_answer(tmp_path: Path) -> None:
    """Two of three texts are answered in the recording, in 3 s and 1 s."""
    texts = ("TP53 rose", "BRCA1 fell", "TP53 rose", "nothing known")
    examples = [
        Example(id=f"t{i}", text=text, origin="public") for i, text in enumerate(texts)
    ]
    recorded = tmp_path / "recorded.jsonl"
    with Journal(recorded) as journal:
        for id, text, latency in (
            ("t0", "<GENE id=1>TP53</GENE> rose", 3.0),
            ("t1", "<GENE id=1>BRCA1</GENE> fell", 1.0),
        ):
            item = f'{{"text": "{text}", "relations": []}}'
            journal.append(
                Completion(
                    spec_ids=(id,),
                    completion=item,
                    model="m",
                    recorded="2026-11-29",
                    latency=latency,
                )
            )
    backend = load_backend(
        Path("configs/llm/recording.cfg"), {"llm.path": str(recorded)}
    )
    pack = load_pack(MEDICINE)
    with Journal(tmp_path / "journal.jsonl") as journal:
        job = Job(pack, (), journal, reuse=False)
        run = label_texts(
            backend, job, make_labeller(pack, [], 0), Path("x.jsonl"), examples, 0
        )
    found = [[entity.text for entity in x.entities] for x in run.predictions]
    assert found == [["TP53"], ["BRCA1"], ["TP53"], []]
    assert run.lost == {"pending": 1}
    figures = run.figures
    assert (figures.texts, figures.completed, figures.pending) == (3, 2, 1)
    assert figures.requests == 2
    assert figures.latency_seconds_per_1000 == 2000.0
    write_json(tmp_path / "figures.json", figures)
    assert read_figures(tmp_path / "figures.json") == figures
    with pytest.raises(ValueError, match="Run extract again"):
        read_figures(tmp_path / "gone.json")
