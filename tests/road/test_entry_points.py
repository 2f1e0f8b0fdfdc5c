"""A pipeline made from an installed wheel loads in a process that knows neither."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import spacy
from encoders import build_encoder
from spacy.training import Example
from spacy.util import fix_random_seed, load_config
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
    fix_random_seed(0)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.005
    for _ in range(20):
        nlp.update(examples, sgd=optimizer)
    return nlp


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files, as pip would lay them out; "both" has two."""
    folder = tmp_path_factory.mktemp("site")
    encoder = build_encoder("bert", folder / "encoder")
    make_pipeline(str(encoder)).to_disk(folder / "pipeline")
    shutil.copytree(PETS, folder / "wards")
    domain = folder / "wards" / "domain.yml"
    domain.write_text(domain.read_text().replace("name: pets", "name: wards"))
    for pack, sites in ((PETS, ["site", "both"]), (folder / "wards", ["both"])):
        output = folder / f"{pack.name}-package"
        output.mkdir()
        wheel = build_wheel(load_pack(pack), folder / "pipeline", output, version="1")
        for name in sites:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder / name)
    return folder / "site"


def run(site: Path, code: str, cwd: Path | None = None) -> str:
    """Run code in a new process that has the wheel and nothing of this project."""
    done = subprocess.run(
        [sys.executable, "-c", "import spacy\n" + code],
        env={**os.environ, "PYTHONPATH": str(site)},
        cwd=cwd or site.parent,
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


def test_a_saved_pipeline_loads_beside_two_wheels(site: Path) -> None:
    both = site.parent / "both"
    expected = run(both, f"nlp = spacy.load({PACKAGE!r})" + SHOW)
    assert expected == "['cat', 'trout'] ['EATS']"
    together = "".join(
        f"nlp = spacy.load({name!r})" + SHOW
        for name in (PACKAGE, "en_phantom_wards", "pipeline", PACKAGE)
    )
    assert run(both, together).splitlines() == [expected] * 4
    assert run(both, "nlp = spacy.load('pipeline')" + SHOW) == expected


def test_workers_that_are_spawned_give_what_one_process_gives(site: Path) -> None:
    """A folder, no wheel: how macOS and Windows start the workers of `nlp.pipe`."""
    code = f"""
import multiprocessing
multiprocessing.set_start_method("spawn")
from phantom.runtime import register_components
register_components()
nlp = spacy.load("pipeline")
def show(docs):
    return [
        ([(e.text, e.label_) for e in doc.ents],
         [(r["label"], *r["head"], *r["tail"]) for r in doc._.relations],
         [t.text for t in doc])
        for doc in docs
    ]
texts = [{TEXT!r}, "A cat\u2010like type I. animal"] * 3
one, two = show(nlp.pipe(texts)), show(nlp.pipe(texts, n_process=2, batch_size=2))
assert one == two, (one, two)
print(type(nlp.tokenizer).__name__, *two[0][:2])
"""
    found = run(Path("scripts").resolve(), code, cwd=site.parent)
    assert found == (
        "WordTokenizer [('cat', 'ANIMAL'), ('trout', 'FOOD')] [('EATS', 1, 2, 3, 4)]"
    )


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
found = registry.has("architectures", "phantom.PairTensor.v1")
print({PACKAGE!r} in sys.modules, found)
"""
    assert run(site, code) == "False True"
