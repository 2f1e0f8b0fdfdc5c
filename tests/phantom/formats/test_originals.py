import csv
import hashlib
import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tests.builders import ROOT, SHARED

from phantom.evaluation.originals import (
    CONVERTERS,
    check_sha256,
    convert_split,
    missing_files,
)
from phantom.formats.pairs import squash
from phantom.formats.spacing import align, rejoin
from phantom.formats.tagged import read_spans
from phantom.jsonl import read_jsonl
from phantom.packs.benchmarks import Dataset
from phantom.records import Example
from prepare_benchmarks import prepare_benchmarks

DATA = SHARED / "data"
with_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="no benchmark data beside the project"
)


def convert(format_: str, **files: Path) -> list[Example]:
    return list(CONVERTERS[format_](files, "x"))


def read(name: str, limit: int | None = None) -> list[Example]:
    return list(islice(read_jsonl(DATA / name, Example), limit))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["It", "'s", "5", "%", "(", "n", "=", "3", ")", "."], "It's 5% (n = 3)."),
        (["a", '"', "b", "c", '"', "d"], 'a "b c" d'),
        (["T", "-", "cell", "1", ".", "5"], "T-cell 1.5"),
        (["Parkinson", "'", "s", "-LRB-", "PD", "-RRB-"], "Parkinson's (PD)"),
        (["$", "3.4", "bn", ",", "up"], "$3.4 bn, up"),
        (["mean", "+", "/", "-", "SD"], "mean+/-SD"),
        ([], ""),
    ],
)
def test_tokens_are_rejoined(tokens: list[str], text: str) -> None:
    joined, spans = rejoin(tokens)
    assert joined == text
    assert len(spans) == len(tokens)


def test_alignment_allows_white_space_only() -> None:
    assert align(["a", "-", "b"], "xx a-b c", 2) == [(3, 4), (4, 5), (5, 6)]
    assert align(["a", "c"], "a b c", 0) is None


def test_tags_of_both_kinds() -> None:
    bio = ["B-Disease", "I-Disease", "B-Disease", "O", "I-Disease"]
    assert read_spans(bio) == [(0, 2, "DISEASE"), (2, 3, "DISEASE"), (4, 5, "DISEASE")]
    io = ["I-PER", "I-PER", "I-ORG", "O"]
    assert read_spans(io) == [(0, 2, "PER"), (2, 3, "ORG")]


def test_conll_leaves_document_lines_out(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O O\n\nAcme NNP I-NP I-ORG\nLtd NNP I-NP I-ORG\n. . O O\n\n"
    (found,) = convert("conll", conll=write(tmp_path / "a.txt", text))
    assert (found.text, found.meta) == ("Acme Ltd.", {"doc": 0, "sent": 0})
    assert [(e.text, e.label) for e in found.entities] == [("Acme Ltd", "ORG")]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "Acme\tO\nLtd\n")
    with pytest.raises(ValueError, match="a.tsv:2: one column"):
        convert("mtl_iob", iob=path)


def render_iob(examples: list[Example]) -> str:
    lines = []
    for example in examples:
        place = 0
        for token in example.tokens or []:
            start = example.text.index(token, place)
            place = start + len(token)
            tag = "O"
            for entity in example.entities:
                if entity.start <= start < entity.end:
                    mark = "B" if start == entity.start else "I"
                    tag = f"{mark}-{entity.label.capitalize()}"
            lines.append(f"{token}\t{tag}")
        lines.append("")
    return "\n".join(lines) + "\n"


def surfaces(examples: list[Example]) -> list[list[tuple[str, str]]]:
    return [[(squash(e.text), e.label) for e in x.entities] for x in examples]


@with_data
def test_iob_round_trip(tmp_path: Path) -> None:
    gold = read("ncbi_disease/dev.jsonl", 300)
    found = convert("mtl_iob", iob=write(tmp_path / "devel.tsv", render_iob(gold)))
    assert [x.tokens for x in found] == [x.tokens for x in gold]
    assert surfaces(found) == surfaces(gold)
    same = sum(a.text == b.text for a, b in zip(found, gold, strict=True))
    assert same > 0.9 * len(gold)


def render_pubtator(examples: list[Example]) -> str:
    lines = []
    for example in examples:
        pmid, end = example.meta["pmid"], example.meta["title_end"]
        lines += [
            f"{pmid}|t|{example.text[:end]}",
            f"{pmid}|a|{example.text[end + 1 :]}",
        ]
        lines += [
            f"{pmid}\t{e.start}\t{e.end}\t{e.text}\t{e.label.capitalize()}\t{e.id}"
            for e in example.entities
        ]
        lines += [f"{pmid}\tCID\t{a}\t{b}" for a, b in example.meta["cid"]] + [""]
    return "\n".join(lines)


@with_data
def test_pubtator_round_trip(tmp_path: Path) -> None:
    gold = read("bc5cdr_cid/dev.jsonl", 40)
    path = write(tmp_path / "cdr.txt", render_pubtator(gold))
    found = convert("bc5cdr_abstracts", pubtator=path)
    for a, b in zip(found, gold, strict=True):
        assert (a.text, a.entities, a.meta) == (b.text, b.entities, b.meta)
        pairs = {(a.entities[r.head].id, a.entities[r.tail].id) for r in a.relations}
        assert pairs == {
            (b.entities[r.head].id, b.entities[r.tail].id) for r in b.relations
        }


@with_data
def test_bc5cdr_sentences_round_trip(tmp_path: Path) -> None:
    abstracts = read("bc5cdr_cid/dev.jsonl", 40)
    known = {x.meta["pmid"] for x in abstracts}
    gold = [x for x in read("bc5cdr/dev.jsonl", 1000) if x.meta["pmid"] in known]
    iob = write(tmp_path / "devel.tsv", render_iob(gold))
    # The order of the abstracts does not matter.
    text = render_pubtator(abstracts[::-1])
    found = convert("bc5cdr_sentences", iob=iob, pubtator=write(tmp_path / "p", text))
    assert len(found) == len(gold) > 200
    for a, b in zip(found, gold, strict=True):
        assert (a.text, a.entities, a.tokens, a.meta) == (
            b.text,
            b.entities,
            b.tokens,
            b.meta,
        )
        assert set(a.relations) == set(b.relations)


def test_a_mention_that_is_not_in_the_text_is_named(tmp_path: Path) -> None:
    text = "7|t|Iron\n7|a|in blood\n7\t0\t4\tZinc\tChemical\tD1\n"
    with pytest.raises(ValueError, match="p.txt:3: the text has 'Iron'"):
        convert("bc5cdr_abstracts", pubtator=write(tmp_path / "p.txt", text))


@with_data
@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("gad", ("GAD_CONCLUSION", "NER_GENE_ENTITY", "NER_DISEASE_ENTITY")),
        ("euadr", ("SENTENCE", "ENTITY1_TEXT", "ENTITY2_TEXT")),
    ],
)
def test_biobert_round_trip(
    name: str, columns: tuple[str, ...], tmp_path: Path
) -> None:
    gold = read(f"{name}/train.jsonl", 150)
    rows = "".join(f"{x.text}\t{x.meta['label']}\n" for x in gold)
    with (tmp_path / "o.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", *columns])
        for i, x in enumerate(gold):
            assert x.orig
            names = {e["label"]: e["text"] for e in x.orig["entities"]}
            ends = ["GENE", "DISEASE"] if i % 2 else ["DISEASE", "GENE"]
            ends = ends if name == "euadr" else ["GENE", "DISEASE"]
            writer.writerow([i, x.orig["text"], *(names[end] for end in ends)])
    tsv = write(tmp_path / "train.tsv", rows)
    found = convert("biobert_pairs", tsv=tsv, csv=tmp_path / "o.csv")
    for a, b in zip(found, gold, strict=True):
        assert (a.text, a.entities, a.relations) == (b.text, b.entities, b.relations)
    right = sum(a.orig == b.orig for a, b in zip(found, gold, strict=True))
    assert right >= 0.98 * len(gold)


def test_a_pair_without_its_original_keeps_placeholders(tmp_path: Path) -> None:
    csv_path = write(
        tmp_path / "o.csv", "sentence,gene,disease\np53 in rash,p53,rash\n"
    )
    rows = "index\tsentence\tlabel\n0\t@GENE$ in @DISEASE$\t1\n1\t@DISEASE$ @GENE$\t0\n"
    tsv = write(tmp_path / "t.tsv", rows)
    first, second = convert("biobert_pairs", tsv=tsv, csv=csv_path)
    assert first.orig and first.orig["text"] == "p53 in rash"
    assert first.relations[0].head == 0
    assert second.orig is None and second.relations == ()
    strange = write(tmp_path / "s.csv", "a,b\n1,2\n")
    with pytest.raises(ValueError, match="the header has a, b"):
        convert("biobert_pairs", tsv=tsv, csv=strange)


@with_data
def test_finer_round_trip(tmp_path: Path) -> None:
    gold = read("finer_ord/dev.jsonl", 200)
    codes = {"PER": 1, "LOC": 3, "ORG": 5}
    with (tmp_path / "val.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["gold_label", "gold_token", "doc_idx", "sent_idx"])
        for x in gold:
            place = 0
            for token in x.tokens or []:
                start = x.text.index(token, place)
                place = start + len(token)
                inside = [e for e in x.entities if e.start <= start < e.end]
                code = (
                    codes[inside[0].label] + (start > inside[0].start) if inside else 0
                )
                writer.writerow([code, token, x.meta["doc"], x.meta["sent"]])
    found = convert("finer_csv", csv=tmp_path / "val.csv")
    assert surfaces(found) == surfaces(gold)
    assert [x.id[1:] for x in found] == [
        x.id.removeprefix("finer-ord-dev") for x in gold
    ]
    assert [x.meta for x in found] == [x.meta for x in gold]


@with_data
@pytest.mark.parametrize("style", ["flat", "nested"])
def test_core_round_trip(style: str, tmp_path: Path) -> None:
    gold = read("core/train.jsonl", 200)
    records: dict[str, Any] = {}
    for x in gold:
        bounds, place = [], 0
        for token in x.tokens or []:
            start = x.text.index(token, place)
            place = start + len(token)
            bounds.append((start, place))
        ranges = [
            [
                next(i for i, b in enumerate(bounds) if b[0] == e.start),
                next(i for i, b in enumerate(bounds) if b[1] == e.end) + 1,
            ]
            for e in x.entities
        ]
        turned = bool(x.relations) and x.relations[0].head == 1
        common = {"relation": x.meta["relation"], "invert_relation": int(turned)}
        if style == "flat":
            ends = {f"e{i}_{k}": r[j] for i, r in enumerate(ranges, 1)
                    for j, k in enumerate(("start", "end"))}  # fmt: skip
            records[x.id] = {"context": x.tokens, **ends, **common}
        else:
            h, t = ({"pos": r, "name": "n"} for r in ranges)
            records[x.id] = {"token": x.tokens, "h": h, "t": t, **common}
    path = write(tmp_path / "train.json", json.dumps(records))
    found = convert("core_json", json=path)
    assert surfaces(found) == surfaces(gold)
    assert [x.relations for x in found] == [x.relations for x in gold]


def test_core_names_the_record_and_its_keys(tmp_path: Path) -> None:
    path = write(tmp_path / "c.json", '[{"id": "E1", "tokens": ["a"], "who": 1}]')
    with pytest.raises(ValueError, match="record E1: no key .*it has id, tokens, who"):
        convert("core_json", json=path)


def test_the_step_says_what_was_not_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = ROOT / "assets" / "domains" / "medicine"
    prepare_benchmarks(pack, tmp_path)
    shown = capsys.readouterr().out
    assert "ncbi_disease test: not fetched" in shown
    assert "No originals to prepare" in shown
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "raw" / "ncbi_disease").mkdir(parents=True)
    write(tmp_path / "raw" / "ncbi_disease" / "test.tsv", "not the original")
    with pytest.raises(ValueError, match="test.tsv: its SHA-256"):
        prepare_benchmarks(pack, tmp_path)


def test_checksums_are_held(tmp_path: Path) -> None:
    text = "Acme\tB-Org\n\n"
    write(tmp_path / "a.tsv", text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    source = {"path": "a.tsv", "url": "https://example.org/a.tsv", "sha256": digest}
    original = {"format": "mtl_iob", "files": {"iob": source}}
    data = {
        "title": "t",
        "licence": "l",
        "train": "allowed",
        "tasks": ["entities"],
        "labels": {"ORG": "ORG"},
        "splits": {"dev": {"file": "d.jsonl", "use": "dev", "original": original}},
    }
    dataset = Dataset.model_validate(data)
    kept = dataset.splits["dev"].original
    assert kept and missing_files(kept, tmp_path) == []
    assert missing_files(kept, tmp_path / "raw") == [tmp_path / "raw" / "a.tsv"]
    (found,) = convert_split("my_set", dataset, "dev", tmp_path)
    assert (found.id, found.entities[0].label) == ("my-set-dev-00000", "ORG")
    write(tmp_path / "a.tsv", "changed")
    with pytest.raises(ValueError, match=r"a\.tsv: its SHA-256 .* expected"):
        check_sha256(tmp_path / "a.tsv", digest, "url")
    original["format"] = "odd"
    with pytest.raises(ValueError, match="no converter for 'odd'.*mtl_iob"):
        convert_split("s", Dataset.model_validate(data), "dev", tmp_path)
