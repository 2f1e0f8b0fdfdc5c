import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders.formats import read_as, turn_round, write_text

from phantom.records import Example

TITLE, BODY = "β 🙂 iron.", "Iron gave rash."
SIZES = {
    "characters": len,
    "UTF-16": lambda x: len(x.encode("utf-16-le")) // 2,
    "bytes": lambda x: len(x.encode()),
}


def mark(id: str, words: str, kind: str, concept: str, unit: str = "characters") -> str:
    size = SIZES[unit]
    whole = f"{TITLE} {BODY}"
    offset = size(whole[: whole.index(words)])
    return (
        f'<annotation id="{id}"><infon key="type">{kind}</infon>'
        f'<infon key="identifier">{concept}</infon>'
        f'<location offset="{offset}" length="{size(words)}"/>'
        f"<text>{words}</text></annotation>"
    )


def document(
    name: str = "1", first: str = "", second: str = "", relations: str = "",
    unit: str = "characters",
) -> str:  # fmt: skip
    offset = SIZES[unit](TITLE) + 1
    return (
        f"<document><id>{name}</id><passage><offset>0</offset><text>{TITLE}</text>"
        f"{first}</passage><passage><offset>{offset}</offset><text>{BODY}</text>"
        f"{second}</passage>{relations}</document>"
    )


def relation(*nodes: str, **infons: str) -> str:
    lines = "".join(f'<infon key="{k}">{v}</infon>' for k, v in infons.items())
    return f'<relation id="R1">{lines}{"".join(nodes)}</relation>'


def node(refid: str, role: str) -> str:
    return f'<node refid="{refid}" role="{role}"/>'


def read(tmp_path: Path, *documents: str, **settings: str) -> Any:
    text = f"<collection>{''.join(documents)}</collection>"
    return read_as("bioc", write_text(tmp_path / "b.xml", text), **settings)


@pytest.mark.parametrize("unit", SIZES)
def test_each_unit_is_told_from_the_words(unit: str, tmp_path: Path) -> None:
    first = mark("1", "iron", "C", "D1", unit)
    second = mark("1", "rash", "D", "D2,D3", unit)
    (found,), report = read(tmp_path, document("1", first, second, unit=unit))
    assert found.text == f"{TITLE} {BODY}"
    assert [(x.text, x.label, x.id) for x in found.entities] == [
        ("iron", "C", "D1"),
        ("rash", "D", "D2|D3"),
    ]
    assert report.broken == []


def test_relations_by_nodes_and_by_concepts(tmp_path: Path) -> None:
    marks = mark("a", "Iron", "C", "D1") + mark("b", "rash", "D", "D2")
    links = relation(node("b", "entity2"), node("a", "entity1"), type="GAVE")
    links += relation(entity1="D2", entity2="D1", type="X", novel="No")
    links += relation(entity1="D2", entity2="D9", type="X")
    links += relation(node("a", "left"), node("b", "right"), type="X")
    (found,), report = read(tmp_path, document("1", "", marks, links))
    ends = {(x.head, x.tail, x.label) for x in found.relations}
    assert ends == {(0, 1, "GAVE"), (1, 0, "X")}
    assert found.meta["concept_pairs"][0]["novel"] == "No"
    assert report.left_out == {
        "relation of a concept without a mention": 1,
        "relation without entity1 and entity2": 1,
    }


def test_a_bad_document_is_named_and_the_next_one_read(tmp_path: Path) -> None:
    wrong = mark("a", "Iron", "C", "D1").replace("<text>Iron", "<text>Zinc")
    bare = '<annotation id="q"><infon key="type">C</infon></annotation>'
    found, report = read(
        tmp_path, document("1", wrong), document("2", bare), document("3")
    )
    assert [x.id for x in found] == ["x-3"]
    assert "document 1: the words of the mentions lie where no unit" in report.broken[0]
    assert "document 2: annotation q has no location" in report.broken[1]
    with pytest.raises(ValueError, match="b.xml:1: no XML"):
        read(tmp_path, "<document>")
    with pytest.raises(ValueError, match="nothing was read as bioc"):
        read(tmp_path)


def test_ids_that_begin_anew_belong_to_their_passage(tmp_path: Path) -> None:
    title = mark("1", "iron", "C", "") + mark("2", "🙂", "E", "")
    body = mark("1", "Iron", "C", "") + mark("2", "rash", "D", "")
    body += relation(node("1", "entity1"), node("2", "entity2"), type="GAVE")
    (found,), _ = read(tmp_path, document("1", title, body))
    (link,) = found.relations
    assert (found.entities[link.head].start, found.entities[link.tail].text) == (
        len(TITLE) + 1,
        "rash",
    )


def test_json_reads_as_xml_does(tmp_path: Path) -> None:
    marks = mark("a", "Iron", "C", "D1") + mark("b", "rash", "D", "D2,D3")
    links = relation(node("a", "entity1"), node("b", "entity2"), type="GAVE")
    links += relation(entity1="D2", entity2="D1", type="X", novel="No")
    (found,), _ = read(tmp_path, document("1", "", marks, links))
    (back,), report = turn_round(
        "bioc", [found], tmp_path / "o.json", prefix="", unit="characters"
    )
    assert back == found and report.left_out == {}
    data = json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))
    assert data["documents"][0]["passages"][0]["annotations"][0]["infons"] == {
        "type": "C",
        "identifier": "D1",
    }
    # PubTator Central's own, under another key.
    other = write_text(
        tmp_path / "p.json", json.dumps({"PubTator3": data["documents"]})
    )
    assert read_as("bioc", other, prefix="")[0] == [found]
    with pytest.raises(ValueError, match="q.json:1: no JSON"):
        read_as("bioc", write_text(tmp_path / "q.json", "{"))


def test_a_relation_that_was_taken_out_stays_out(tmp_path: Path) -> None:
    marks = mark("a", "Iron", "C", "D1") + mark("b", "rash", "D", "D2")
    links = relation(entity1="D1", entity2="D2", type="X")
    (found,), _ = read(tmp_path, document("1", "", marks, links))
    edited = found.model_copy(update={"relations": ()})
    for name in ("bioc", "pubtator"):
        (back,), report = turn_round(name, [edited], tmp_path / name)
        assert back.relations == ()
        assert report.left_out == {"concept pair whose relation was taken out": 1}


def test_characters_that_xml_cannot_hold_become_blanks(tmp_path: Path) -> None:
    example = Example(id="e", text="a\x0cb\r\n<&>")
    (found,), report = turn_round("bioc", [example], tmp_path / "o.xml")
    assert found.text == "a b\r\n<&>"
    assert report.left_out == {"character that XML can't hold": 1}


def test_offsets_from_the_passage_are_told_by_the_words(tmp_path: Path) -> None:
    # As INCEpTION writes: 0 is the beginning of the sentence or passage.
    own = mark("2", "Iron", "D", "C").replace('offset="10"', 'offset="0"')
    own = own.replace("Iron</text>", "Iron gave</text>").replace('"4"', '"9"')
    path = write_text(
        tmp_path / "b.xml", f"<collection>{document(second=own)}</collection>"
    )
    (found,), report = read_as("bioc", path)
    assert [(x.start, x.text) for x in found.entities] == [(10, "Iron gave")]
    assert report.notes == [
        "offsets of annotations count from their passage or sentence"
    ]
    # What fits neither way is wrong, as the document counts.
    wrong = own.replace("gave", "took")
    path.write_text(f"<collection>{document(second=wrong)}</collection>")
    with pytest.raises(ValueError, match="Iron took|no unit"):
        read_as("bioc", path)
