"""Pipelines as steps are given them: whole, of the domain, or an error."""

from pathlib import Path

import pytest
from tests.builders.pipelines import SCHEMA

from phantom.runtime import blank_pipeline, load_pipeline

LABELS = ["CHEMICAL", "DISEASE", *SCHEMA]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training") / "model-best"
    nlp = blank_pipeline("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Acme"}])  # type: ignore[attr-defined]
    nlp.to_disk(folder)
    return folder


@pytest.mark.slow
def test_a_pipeline_of_another_domain(trained: Path) -> None:
    with pytest.raises(ValueError, match="another domain.*finds ORG; the domain"):
        load_pipeline(trained, LABELS)
    for labels in ([], ["ORG", "PER"]):
        assert load_pipeline(str(trained), labels).pipe_names == ["entity_ruler"]


def test_a_folder_that_is_none(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="did you mean .*model-best"):
        load_pipeline(trained.parent)
    with pytest.raises(ValueError, match=r"no pipeline is there.*config\.cfg$"):
        load_pipeline(tmp_path)
    (tmp_path / "config.cfg").write_bytes((trained / "config.cfg").read_bytes())
    with pytest.raises(ValueError, match="no whole pipeline"):
        load_pipeline(tmp_path)
