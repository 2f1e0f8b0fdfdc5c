"""The step `check`: what blocks ends the road, with everything written."""

from pathlib import Path

import pytest
import yaml
from tests.builders import example
from tests.builders.packs import make_pack

from check import check as step_check
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.passages.files import find_texts, read_texts
from phantom.records import Example, Rejected

LEAK = example("Write to jane.roe@clinic.org about the asthma.", id="a")
FINE = example("Nothing is wrong here.", id="b")
PLAIN = "checks: {pii_presidio: false}\n"  # which need not be installed
WAIVER = "waivers: [{check: pii, ids: [a], why: an invented address}]"


def run_check(folder: Path, checks: str = "") -> list[str]:
    pack = make_pack(folder, PLAIN + checks)
    accepted = folder / "accepted.jsonl"
    write_jsonl(accepted, [LEAK, FINE])
    corpus, metrics = folder / "corpus", folder / "metrics"
    step_check(pack.path, accepted, corpus, metrics, model=False, strict=True)
    return [x.id for x in read_jsonl(corpus / "checked.jsonl", Example)]


def test_what_blocks_ends_the_road_with_everything_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the corpus fails\npii: 1 with email"):
        run_check(tmp_path)
    corpus = tmp_path / "corpus"
    assert [x.id for x in read_jsonl(corpus / "checked.jsonl", Example)] == ["b"]
    (rejected,) = read_jsonl(corpus / "rejected_by_checks.jsonl", Rejected)
    assert rejected.reason == "pii.email"
    for name in ("quality.json", "quality.html", "quality.md"):
        assert "fail" in (tmp_path / "metrics" / name).read_text(encoding="utf-8")


def test_a_waiver_opens_it(tmp_path: Path) -> None:
    assert run_check(tmp_path, WAIVER) == ["a", "b"]


def test_what_the_project_lists_as_private_must_not_come_out(tmp_path: Path) -> None:
    text = "Eleven of the forty volunteers were asked to come back in the autumn."
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text(f"{text}\n")
    pack = make_pack(tmp_path)
    accepted = tmp_path / "accepted.jsonl"
    write_jsonl(accepted, [example(text, id="copy"), FINE])
    folders = tmp_path / "corpus", tmp_path / "metrics"
    private = f"{tmp_path / 'notes'}, {tmp_path / 'not_there'}"
    step_check(pack.path, accepted, *folders, private=private, model=False)
    (rejected,) = read_jsonl(folders[0] / "rejected_by_checks.jsonl", Rejected)
    assert (rejected.spec_id, rejected.reason) == (
        "copy",
        "private_overlap.shared_ngram",
    )


def test_files_that_nobody_reads_are_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "text"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.txt").write_text("One.\n\nTwo.\n")
    (tmp_path / "linked").mkdir()
    (folder / "elsewhere").symlink_to(tmp_path / "linked")
    (tmp_path / "linked" / "b.txt").write_text("Three.\n")
    assert [p.name for p in find_texts([folder])] == ["a.txt", "b.txt"]
    (folder / "elsewhere").unlink()
    (folder / ".DS_Store").write_bytes(b"\xff")
    (found,) = find_texts([folder, tmp_path / "absent"])
    assert [x.text for x in read_texts(found)] == ["One.", "Two."]
    (folder / "NOTES").write_text("Neither has a suffix.")
    with pytest.raises(ValueError, match=r"NOTES: neither \.txt .* nor \.jsonl"):
        find_texts([folder])
    found.write_bytes("fièvre".encode("latin-1"))
    with pytest.raises(ValueError, match=r"a\.txt: not UTF-8"):
        list(read_texts(found))


def test_the_project_checks_strictly() -> None:
    project = yaml.safe_load(Path("project.yml").read_text(encoding="utf-8"))
    (step,) = [c for c in project["commands"] if c["name"] == "check"]
    assert step["script"][0].endswith("--private '${vars.private}' --strict")
