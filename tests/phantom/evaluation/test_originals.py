import hashlib
from pathlib import Path
from typing import Any

import pytest
from tests.builders import MEDICINE
from tests.builders.formats import write_text

from phantom.evaluation.benchmarks import map_example
from phantom.evaluation.cases import resample_units
from phantom.evaluation.originals import check_sha256, convert_split, missing_files
from phantom.formats.base import Report
from phantom.packs.benchmarks import Dataset, load_benchmarks
from phantom.packs.pack import load_pack
from prepare_benchmarks import prepare_benchmarks

TEXT = "Acme\tB-Org\n\nLtd\n\nBee\tB-Org\n"


def dataset(**original: Any) -> Dataset:
    data = {
        "title": "t",
        "licence": "l",
        "train": "allowed",
        "tasks": ["entities"],
        "labels": {"ORG": "ORG"},
        "splits": {"dev": {"file": "d.jsonl", "use": "dev", "original": original}},
    }
    return Dataset.model_validate(data)


def source(**more: str) -> dict[str, Any]:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    known = {"url": "https://example.org/a.tsv", "sha256": digest}
    return {"iob": {"path": "a.tsv", **(more if "url" in more else known)}}


def test_the_step_says_what_was_not_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare_benchmarks(MEDICINE, tmp_path)
    shown = capsys.readouterr().out
    assert "ncbi_disease test: not fetched" in shown
    assert "No originals to prepare" in shown
    assert list(tmp_path.iterdir()) == []


def pack_with(tmp_path: Path, maps: str) -> Path:
    pack = tmp_path / MEDICINE.name
    pack.mkdir()
    for file in MEDICINE.iterdir():
        if file.name != "benchmarks.yml":
            (pack / file.name).symlink_to(file)
    write_text(pack / "benchmarks.yml", maps)
    return pack


def test_one_bad_original_does_not_keep_the_others_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "title: t, licence: l, train: allowed, tasks: [entities]"
    own = "labels: {DRUG: CHEMICAL}"
    lines = ["datasets:"]
    for name in ("empty", "own"):
        files = f"files: {{jsonl: {{path: {name}.jsonl}}}}"
        split = f"file: {name}/test.jsonl, original: {{format: doccano, {files}}}"
        lines.append(f"  {name}: {{{head}, {own}, splits: {{test: {{{split}}}}}}}")
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    write_text(raw / "empty.jsonl", "")
    good = '{"id": 1, "text": "Iron", "label": [[0, 4, "DRUG"]]}\n'
    write_text(raw / "own.jsonl", good + '{"id": 2, "text": "x"}\n')
    with pytest.raises(ValueError) as raised:
        prepare_benchmarks(pack_with(tmp_path, "\n".join(lines)), tmp_path / "data")
    assert "empty test: " in str(raised.value)
    assert "nothing was read as doccano" in str(raised.value)
    shown = " ".join(capsys.readouterr().out.split())
    assert "own test: 1 records" in shown
    assert "own.jsonl:2: no `label` and no `entities`" in shown
    written = (tmp_path / "data" / "own" / "test.jsonl").read_text()
    assert '"origin":"private"' in written


def test_checksums_are_held(tmp_path: Path) -> None:
    write_text(tmp_path / "a.tsv", TEXT)
    known = dataset(format="mtl_iob", files=source())
    original = known.splits["dev"].original
    assert original and missing_files(original, tmp_path) == []
    assert missing_files(original, tmp_path / "raw") == [tmp_path / "raw" / "a.tsv"]
    report = Report()
    found = list(convert_split("my_set", known, "dev", tmp_path, report))
    assert [(x.id, x.origin, x.sources) for x in found] == [
        ("my-set-dev-00000", "public", ("my_set",)),
        ("my-set-dev-00001", "public", ("my_set",)),
    ]
    assert len(report.broken) == 1 and "a.tsv:3: one column" in report.broken[0]
    write_text(tmp_path / "a.tsv", "changed")
    with pytest.raises(ValueError, match=r"a\.tsv: its SHA-256 .* expected"):
        check_sha256(tmp_path / "a.tsv", "0" * 64, "url")
    with pytest.raises(ValueError, match=r"a\.tsv: its SHA-256"):
        list(convert_split("s", known, "dev", tmp_path, Report()))


def test_a_url_needs_its_checksum_and_settings_are_judged(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a file with a `url` needs its `sha256`"):
        dataset(format="mtl_iob", files=source(url="https://example.org"))
    write_text(tmp_path / "a.tsv", TEXT)
    odd = dataset(format="conll", settings={"spaces": 1}, files=source())
    with pytest.raises(ValueError, match="'spaces' is not a setting"):
        list(convert_split("s", odd, "dev", tmp_path, Report()))


NCBI = """9|t|WT gene
9|a|Wilms tumor (WT) is rare. WT is found in both.

9\t0\t2\tWT\tModifier\tD009396
9\t8\t19\tWilms tumor\tSpecificDisease\tD009396
9\t21\t23\tWT\tSpecificDisease\tD009396
9\t34\t36\tWT\tCompositeMention\tD009396+D007680
"""


def test_whole_abstracts_of_ncbi_are_read_with_their_four_kinds(tmp_path: Path) -> None:
    """All four kinds of mentions are diseases; offsets count over title and text."""
    dataset = load_benchmarks(load_pack(MEDICINE)).datasets["ncbi_documents"]
    assert {split: entry.use for split, entry in dataset.splits.items()} == {
        "dev": "dev",
        "test": "test",
        "train": None,
    }
    (tmp_path / "ncbi_disease").mkdir()
    write_text(tmp_path / "ncbi_disease" / "NCBItestset_corpus.txt", NCBI)
    changed = dataset.model_dump()
    for split in changed["splits"].values():
        split["original"]["files"]["pubtator"].update(url="", sha256="")
    local, report = Dataset.model_validate(changed), Report()
    (found,) = convert_split("ncbi_documents", local, "test", tmp_path, report)
    assert not report.broken and found.text.startswith("WT gene Wilms tumor (WT)")
    mapped = map_example(dataset, found)
    assert [(x.start, x.end, x.label, x.text) for x in mapped.entities] == [
        (0, 2, "DISEASE", "WT"),
        (8, 19, "DISEASE", "Wilms tumor"),
        (21, 23, "DISEASE", "WT"),
        (34, 36, "DISEASE", "WT"),
    ]
    assert resample_units(dataset, [mapped]) == ["9"]
    with pytest.raises(ValueError, match="SHA-256"):
        shown = dataset.splits["test"].original
        assert shown
        (source,) = shown.files.values()
        check_sha256(tmp_path / source.path, source.sha256, source.url)
