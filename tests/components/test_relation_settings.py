"""Settings of the relation extractor as they are saved and asked for at load."""

from pathlib import Path

import pytest
import spacy
from spacy.training import Example
from tests.builders.pipelines import TINY

from phantom.runtime import register_components

SETTINGS = register_components()["relation_settings"]
SCHEMA = {"INDUCES": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False}}


def asked(**settings):
    return {"components": {"relation_extractor": settings}}


def test_what_is_asked_for_at_load_is_used(tmp_path: Path) -> None:
    nlp = spacy.blank("xx")
    config = {"relation_schema": SCHEMA, "threshold": 0.3, "model": TINY}
    pipe = nlp.add_pipe("relation_extractor", config=config)
    example = Example.from_dict(nlp.make_doc("Sorafenib induced rash."), {})
    example.reference._.relations = []
    nlp.initialize(lambda: [example])
    nlp.to_disk(tmp_path / "plain")
    pipe.cfg["threshold"] = 0.6
    nlp.to_disk(tmp_path / "changed")

    def load(folder, **settings):
        loaded = spacy.load(tmp_path / folder, config=asked(**settings))
        return loaded, loaded.get_pipe("relation_extractor").cfg

    assert load("plain")[1]["threshold"] == pytest.approx(0.3)
    assert load("changed")[1]["threshold"] == pytest.approx(0.6)
    for folder in ("plain", "changed"):
        more = {"positive_weight": 2.0, "exclusive": True, "temperature": 1.5}
        again, cfg = load(folder, threshold=0.9, **more)
        assert cfg["threshold"] == 0.9
        assert {key: cfg[key] for key in more} == more
        assert cfg["schema"] == SCHEMA
        # Saved once more, it is what the pipeline has.
        again.to_disk(tmp_path / f"{folder}-again")
        assert load(f"{folder}-again")[1]["threshold"] == 0.9
    copied = nlp.get_pipe("relation_extractor").to_bytes()
    pipe.cfg["threshold"] = 0.1
    assert pipe.from_bytes(copied).cfg["threshold"] == pytest.approx(0.6)


def test_a_schema_at_load_is_used_or_refused(tmp_path: Path) -> None:
    other = {"TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE", "GENE"]}}
    nlp = spacy.blank("xx")
    config = {"relation_schema": {**SCHEMA, **other}, "model": TINY}
    nlp.add_pipe("relation_extractor", config=config)
    example = Example.from_dict(nlp.make_doc("Sorafenib induced rash."), {})
    example.reference._.relations = []
    nlp.initialize(lambda: [example])
    nlp.to_disk(tmp_path)

    def load(schema):
        loaded = spacy.load(tmp_path, config=asked(relation_schema=schema))
        loaded.to_disk(tmp_path / "again")
        again = spacy.load(tmp_path / "again").get_pipe("relation_extractor")
        return loaded.get_pipe("relation_extractor").schema, again.schema

    # What is not given anew stays as the config had it.
    wider = {"TREATS": {"head": ["GENE"]}, "INDUCES": {"head": [], "tail": ["GENE"]}}
    for schema in load(wider):
        assert list(schema) == ["INDUCES", "TREATS"], "in the order of the weights"
        assert schema["TREATS"]["head"] == ["GENE"]
        assert schema["TREATS"]["tail"] == ["DISEASE", "GENE"]
        assert schema["INDUCES"] == {"head": [], "tail": ["GENE"], "symmetric": False}
    with pytest.raises(ValueError, match=r"entity labels \['DRUG'\]"):
        load({"TREATS": {"head": ["DRUG"]}})
    with pytest.raises(ValueError, match=r"relations \['OWNS'\] at load"):
        SETTINGS.fit_schema({"OWNS": {"head": [], "tail": []}}, SCHEMA, [])
    assert list(load(None)[0]) == ["INDUCES", "TREATS"]


def test_pipelines_of_before_take_what_the_config_says() -> None:
    settings = SETTINGS.GivenSettings({"threshold": 0.4, "types": []})
    settings.update({"threshold": 0.5, "types": ["DRUG"]})
    assert (settings["threshold"], settings["types"]) == (0.4, ["DRUG"])


@pytest.mark.parametrize(
    "settings",
    [
        *({"threshold": 2.0}, {"threshold": -0.1}, {"temperature": 0.0}),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} is"):
        spacy.blank("xx").add_pipe("relation_extractor", config=settings)


def test_a_threshold_for_each_label() -> None:
    settings = {"threshold": 0.4, "thresholds": {"INDUCES": 0.8}}
    least = SETTINGS.least_scores(settings, ("TREATS", "INDUCES"))
    assert least.tolist() == [0.4, 0.8]
    with pytest.raises(ValueError, match="no label 'INDUCES'; use one of: TREATS"):
        SETTINGS.least_scores(settings, ("TREATS",))
    with pytest.raises(ValueError, match=r"thresholds\.TREATS is 1\.5"):
        config = {"thresholds": {"TREATS": 1.5}}
        spacy.blank("xx").add_pipe("relation_extractor", config=config)
    # Pipelines of before have no such setting.
    assert SETTINGS.least_scores({"threshold": 0.0}, ("TREATS",)).tolist() == [1e-9]
