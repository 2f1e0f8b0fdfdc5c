"""Wheels in a bare environment: two of ours in one process."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
import spacy

from phantom.docbin import to_doc
from phantom.pack import load_pack
from phantom.package_check import check_wheels
from phantom.packaging import build_wheel, component_files
from phantom.records import Entity, Example, Relation
from phantom.runtime import register_components

PETS = Path("tests/domains/pets")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Wheels of two domains, the second a copy of the toy under another name."""
    folder = tmp_path_factory.mktemp("wheels")
    built = []
    for name in ("pets", "wards"):
        shutil.copytree(PETS, folder / name)
        domain = folder / name / "domain.yml"
        domain.write_text(domain.read_text().replace("name: pets", f"name: {name}"))
        pack = load_pack(folder / name)
        train_toy().to_disk(folder / f"{name}-pipeline")
        output = folder / f"{name}-package"
        output.mkdir()
        wheel = build_wheel(pack, folder / f"{name}-pipeline", output, version="0.0.1")
        built.append(wheel)
    return built


def train_toy() -> spacy.language.Language:
    register_components()
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    nlp.add_pipe("relation_extractor")
    text = "The cat ate trout"
    gold = Example(
        id="1",
        text=text,
        entities=(
            Entity(start=4, end=7, label="ANIMAL", text="cat"),
            Entity(start=12, end=17, label="FOOD", text="trout"),
        ),
        relations=(Relation(head=0, tail=1, label="EATS"),),
    )
    examples = [spacy.training.Example(nlp.make_doc(text), to_doc(nlp, gold))]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(30):
        nlp.update(examples, sgd=optimizer)
    return nlp


def test_two_wheels_load_and_run_in_a_bare_environment(wheels: list[Path]) -> None:
    found = check_wheels(wheels, "The cat ate trout")
    assert list(found) == ["en_phantom_pets", "en_phantom_wards"]
    for lines in found.values():
        assert "cat -EATS-> trout" in lines


def test_the_wheel_carries_what_a_user_asks_for(wheels: list[Path]) -> None:
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = wheel.namelist()
        path = next(n for n in names if n.count("/") == 2 and n.endswith("/meta.json"))
        meta = json.loads(wheel.read(path))
    assert {f"en_phantom_pets/{file.name}" for file in component_files()} <= set(names)
    assert not any("register" in name for name in names)
    assert meta["license"] == "MIT"
    assert meta["labels"]["relation_extractor"] == ["EATS"]
    assert meta["relation_schema"]["EATS"]["head"] == ["ANIMAL"]
    assert meta["data_provenance"]["real_data_used"] == "none"
    assert any(r.startswith("spacy-transformers") for r in meta["requirements"])


def test_no_pipeline_no_wheel(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no trained pipeline"):
        build_wheel(load_pack(PETS), tmp_path, tmp_path, version="1")
    with pytest.raises(ValueError, match="no such wheel"):
        check_wheels([tmp_path / "x.whl"], "text")
