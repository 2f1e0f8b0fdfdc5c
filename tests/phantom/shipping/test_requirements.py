"""A wheel never asks pip for the project that built it."""

from pathlib import Path

import pytest
import srsly

from phantom.shipping import wheel


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
