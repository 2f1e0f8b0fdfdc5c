"""What a wheel is made of and asks for."""

from pathlib import Path

import pytest
import srsly
from spacy.tokens import Span

from phantom.packs.pack import load_pack
from phantom.runtime import blank_pipeline
from phantom.shipping import wheel
from phantom.shipping.probe import describe


def test_the_project_itself_is_no_requirement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """spaCy adds it wherever the project is installed, not just on its path."""
    inner = tmp_path / "en_x"
    inner.mkdir()
    asked = ["spacy-transformers>=1.4,<1.5", "Spacy_Phantom>=0.1.0,<0.2.0", "numpy>=2"]
    for folder in (tmp_path, inner):
        srsly.write_json(folder / "meta.json", {"name": "x", "requirements": asked})
    known = {"phantom": ["spacy-phantom"], "numpy": ["numpy"]}
    monkeypatch.setattr(wheel, "packages_distributions", lambda: known)
    wheel.drop_own_requirement(tmp_path)
    for folder in (tmp_path, inner):
        assert srsly.read_json(folder / "meta.json") == {
            "name": "x",
            "requirements": ["spacy-transformers>=1.4,<1.5", "numpy>=2"],
        }


def test_a_pipeline_of_another_domain_and_a_version_that_is_none(
    tmp_path: Path,
) -> None:
    pack = load_pack(Path("tests/domains/pets"))
    labels = {"ner": ["DISEASE"], "relation_extractor": ["TREATS"]}
    srsly.write_json(tmp_path / "meta.json", {"labels": labels})
    with pytest.raises(ValueError, match="another domain.* DISEASE, TREATS"):
        wheel.build_wheel(pack, tmp_path, tmp_path, version="1.0")
    with pytest.raises(ValueError, match="'eins': no version of a Python package"):
        wheel.build_wheel(pack, tmp_path, tmp_path, version="eins")


def test_a_wheel_that_finds_entities_alone_is_described() -> None:
    doc = blank_pipeline("en").make_doc("Aspirin helped")
    doc.ents = [Span(doc, 0, 1, "CHEMICAL")]
    assert doc._.relations is None
    assert describe(doc) == ["Aspirin [CHEMICAL]"]
