import builtins
from pathlib import Path
from typing import Any

import pytest
from tests.builders.formats import read_as, turn_round, write_text

from phantom.records import Entity, Example, Relation

cassis = pytest.importorskip("cassis", reason="needs dkpro-cassis")
TEXT = "🙂 Iron gave rash."
OWN = {
    "span_type": "custom.Span",
    "relation_type": "custom.Link",
    "label": "label",
    "relation_label": "label",
}


def make_cas() -> Any:
    types = cassis.TypeSystem()
    span = types.create_type("custom.Span", supertypeName="uima.tcas.Annotation")
    types.create_feature(span, "label", "uima.cas.String")
    link = types.create_type("custom.Link", supertypeName="uima.tcas.Annotation")
    types.create_feature(link, "label", "uima.cas.String")
    types.create_feature(link, "Governor", span)
    types.create_feature(link, "Dependent", span)
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = TEXT, "text/plain"
    drug, sign = span(begin=2, end=6, label="DRUG"), span(begin=12, end=16, label="S")
    lost = span(begin=7, end=11, label="LOST", sofa=cas.get_sofa())
    for one in (drug, sign, span(begin=2, end=6)):
        cas.add(one)
    for head in (drug, lost):
        cas.add(link(begin=12, end=16, Governor=head, Dependent=sign, label="CAUSED"))
    return cas


def save(cas: Any, folder: Path, form: str) -> Path:
    path = folder / f"d.{form}"
    (cas.to_json if form == "json" else cas.to_xmi)(path)
    if form == "xmi":
        cas.typesystem.to_xml(folder / "TypeSystem.xml")
    return path


@pytest.mark.parametrize("form", ["xmi", "json"])
@pytest.mark.parametrize("swap", [False, True])
def test_the_governor_is_the_head(form: str, swap: bool, tmp_path: Path) -> None:
    path = save(make_cas(), tmp_path, form)
    (found,), report = read_as("uima_cas", path, swap=swap, **OWN)
    assert [(x.text, x.label) for x in found.entities] == [
        ("Iron", "DRUG"),
        ("rash", "S"),
    ]
    ends = (1, 0) if swap else (0, 1)
    assert [(x.head, x.tail) for x in found.relations] == [ends]
    # A span that was removed is still what a relation points to.
    assert report.left_out == {
        "span without label": 1,
        "relation to a span outside of the index": 1,
    }
    if form == "xmi":
        assert 'begin="3" end="7"' in path.read_text(encoding="utf-8")


def test_types_and_features_are_listed(tmp_path: Path) -> None:
    path = save(make_cas(), tmp_path, "json")
    with pytest.raises(
        ValueError, match="no type.*NamedEntity.*custom.Link, custom.Sp"
    ):
        read_as("uima_cas", path)
    with pytest.raises(ValueError, match="custom.Span has no feature 'value'; it has"):
        read_as("uima_cas", path, **{**OWN, "label": "value"})
    alone = save(make_cas(), tmp_path, "xmi")
    (tmp_path / "TypeSystem.xml").unlink()
    with pytest.raises(ValueError, match=r"d.xmi:1: no TypeSystem.xml beside it"):
        read_as("uima_cas", alone, **OWN)
    broken = write_text(tmp_path / "x.json", "{")
    with pytest.raises(ValueError, match=r"x.json:1: "):
        read_as("uima_cas", broken, **OWN)


@pytest.mark.parametrize("form", ["xmi", "json"])
def test_characters_that_xml_cannot_hold(form: str, tmp_path: Path) -> None:
    text = "🙂 Iron\x0cgave rash."
    example = Example(
        id="e",
        text=text,
        entities=(
            Entity(start=2, end=6, label="D", text="Iron"),
            Entity(start=12, end=16, label="S", text="rash"),
        ),
        relations=(Relation(head=0, tail=1, label="R"),),
    )
    path = tmp_path / "o"
    (found,), report = turn_round("uima_cas", [example], path, prefix="", form=form)
    kept = form == "json"
    assert found.text == (text if kept else text.replace("\x0c", " "))
    assert report.left_out == ({} if kept else {"character that XML can't hold": 1})
    assert (found.entities, found.relations) == (example.entities, example.relations)


def test_a_missing_package_explains_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "cassis":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    path = save(make_cas(), tmp_path, "json")
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ValueError, match=r'pip install "spacy-phantom\[uima\]"'):
        read_as("uima_cas", path)


def test_a_type_system_under_another_name(tmp_path: Path) -> None:
    path = save(make_cas(), tmp_path, "xmi")
    (tmp_path / "TypeSystem.xml").rename(tmp_path / "my_type-system.xml")
    (found,), _ = read_as("uima_cas", path, **OWN)
    assert [x.text for x in found.entities] == ["Iron", "rash"]
    (tmp_path / "typesystem2.xml").write_text("<none/>")
    with pytest.raises(ValueError, match="but my_type-system.xml, typesystem2.xml"):
        read_as("uima_cas", path, **OWN)
