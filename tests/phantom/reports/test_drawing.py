"""Drawings of relations: well-formed, complete, escaped, within the lines."""

import re
from xml.etree import ElementTree

import spacy
from spacy import displacy
from spacy.tokens import Doc
from tests.builders.pipelines import SENTENCES, make_doc

from phantom.reports.drawing import relations_to_displacy, render_relations
from phantom.reports.layout import lay_out
from phantom.runtime import components_path

NLP = spacy.blank("xx")
LONG = "lithium was given for weeks and then " * 8 + "tremor"
FAR = [(0, 1, "C"), (56, 57, "D")]


def svgs(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(s) for s in re.findall(r"<svg.*?</svg>", html, re.S)]


def texts(svg: ElementTree.Element) -> list[str]:
    return [e.text or "" for e in svg.iter() if e.tag.endswith("}text")]


def test_draws_words_labels_and_arcs() -> None:
    doc = make_doc(NLP, *SENTENCES[5])
    html = render_relations(doc)
    assert html.startswith("<!DOCTYPE html>") and 'charset="utf-8"' in html
    assert "<link" not in html and "<script" not in html
    (svg,) = svgs(html)
    shown = texts(svg)
    assert shown.count("DISEASE") == 2 and shown.count("CHEMICAL") == 1
    assert shown.count("INDUCES") == shown.count("TREATS") == 1
    assert "lithium" in shown and "given" in shown


def test_several_docs_titles_and_no_page() -> None:
    docs = [make_doc(NLP, *row) for row in SENTENCES[:3]]
    docs[1].user_data["title"] = "Trial <1>"
    html = render_relations(docs, page=False)
    assert len(svgs(html)) == 3
    assert "Trial &lt;1&gt;" in html and "DOCTYPE" not in html


def test_escapes_text_and_labels() -> None:
    doc = make_doc(NLP, "p<0.05 & A>G", [(0, 1, "<X>"), (2, 3, "Y&Z")], [])
    doc._.relations = [{"head": [2, 3], "tail": [0, 1], "label": "<R>", "score": 0.5}]
    (svg,) = svgs(render_relations(doc))
    assert {"p<0.05", "&", "A>G", "<X>", "Y&Z", "<R>"} <= set(texts(svg))


def test_arc_across_lines_has_a_part_on_each() -> None:
    doc = make_doc(NLP, LONG, FAR, [(0, "INDUCES", 1)])
    layout = lay_out(doc, 400)
    lines = {box.line for box in layout.boxes}
    assert len(lines) > 2
    assert [arc.line for arc in layout.arcs] == sorted(lines)
    assert [arc.arrow for arc in layout.arcs][-1] == "right"
    assert all(0 <= arc.x1 < arc.x2 <= layout.width for arc in layout.arcs)
    assert all(box.x + box.width <= layout.width for box in layout.boxes)
    assert all(0 < box.y < layout.height for box in layout.boxes)


def test_arrow_points_to_the_tail_on_either_side() -> None:
    doc = make_doc(NLP, *SENTENCES[5])
    arrows = {arc.label: arc.arrow for arc in lay_out(doc, 900).arcs}
    assert arrows == {"INDUCES": "left", "TREATS": "right"}


def test_symmetric_labels_have_no_arrow() -> None:
    doc = make_doc(NLP, *SENTENCES[0])
    plain = render_relations(doc, symmetric=["TREATS"])
    assert render_relations(doc).count("<path") == plain.count("<path") + 1


def test_arcs_of_one_line_do_not_share_a_place() -> None:
    doc = make_doc(NLP, *SENTENCES[9])
    first, second = lay_out(doc, 900).arcs
    assert first.top != second.top


def test_empty_and_not_annotated_docs() -> None:
    docs = [Doc(NLP.vocab), make_doc(NLP, "nothing here", [], None)]
    assert len(svgs(render_relations(docs))) == 2


def test_newlines_break_lines_and_wide_words_fit() -> None:
    doc = NLP("first\nsecond\n\n" + "x" * 300)
    layout = lay_out(doc, 200)
    assert [box.line for box in layout.boxes] == [0, 1, 2]
    assert layout.width > 300


def test_colors() -> None:
    doc = make_doc(NLP, *SENTENCES[0])
    assert "#123456" in render_relations(doc, colors={"DISEASE": "#123456"})


def test_displacy_draws_our_dict() -> None:
    doc = make_doc(NLP, *SENTENCES[5])
    drawn = relations_to_displacy(doc)
    assert drawn["arcs"] == [
        {"start": 0, "end": 2, "label": "INDUCES", "dir": "left"},
        {"start": 2, "end": 6, "label": "TREATS", "dir": "right"},
    ]
    assert drawn["words"][2] == {"text": "lithium", "tag": "CHEMICAL"}
    assert "INDUCES" in displacy.render(drawn, style="dep", manual=True, jupyter=False)


def test_mentions_of_several_words_are_one() -> None:
    doc = make_doc(NLP, *SENTENCES[9])
    assert relations_to_displacy(doc)["words"][-1]["text"] == "acute pain"


def test_components_are_where_runtime_looks() -> None:
    assert (components_path() / "register.py").is_file()
