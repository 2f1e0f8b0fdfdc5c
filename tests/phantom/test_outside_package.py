"""A package of somebody else adds a back-end, augmenter, format, scenario and check."""

from collections.abc import Iterator
from pathlib import Path

import catalogue
import pytest
from tests.builders import ROOT
from tests.builders.packs import DOMAIN, make_pack, run_one

from convert_format import convert_format
from curate import curate
from generate import generate
from phantom.augmenters.base import augment
from phantom.checks import CheckContext, Finding, Hint, load_config
from phantom.images.base import ImageRequest, load_generator
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example, Fact, Spec
from phantom.registry import Catalogue, phantom_registry
from simulate import simulate

KINDS = ("llms", "augmenters", "formats", "scenarios", "checks", "image_generators")
POINTS = """
[phantom_llms]
phantom.Parrot.v1 = theirs:Parrot
[phantom_augmenters]
shout = theirs:shout
[phantom_formats]
slashes = theirs:Slashes
[phantom_scenarios]
courses = theirs:courses
[phantom_checks]
shouting = theirs:shouting
[phantom_image_generators]
flat = theirs:flat
"""
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MORE = """
from PIL import Image

from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Amount, Fact, Term


def shout(passages, *, mark: str = "!"):
    for example in list(passages.found):
        end = len(example.text)
        yield rewrite(example, [Edit(end, end, mark)], id=f"{example.id}{mark}",
                      derived_from=(example.id,))


def courses(world, *, count: int):
    for i in range(count):
        yield Fact(id=f"c{i}", event="course",
                   entities={"illness": Term(label="DISEASE", text="asthma")},
                   numbers={"age": Amount(value=world.seed + i, unit="years")})


def flat(*, gray: int = 128):
    return lambda requests: [Image.new("L", (2, 2), gray) for _ in requests]
"""


def shown(heading: str, language: str) -> str:
    """The code that a chapter of CONTRIBUTING.md shows."""
    chapter = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return chapter.partition(f"```{language}\n")[2].partition("```")[0]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    """A pack whose data names what the package brings; none of our files does."""
    site = tmp_path / "site"
    info = site / "theirs-2.0.dist-info"
    info.mkdir(parents=True)
    chapters = ("Add a check", "Add a back-end", "Add a format")
    parts = [*(shown(chapter, "python") for chapter in chapters), MORE]
    (site / "theirs.py").write_text("\n".join(parts))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(site)
    for kind in KINDS:
        # As in a new process: what entry points there are is found once.
        made = getattr(phantom_registry, f"phantom_{kind}")
        fresh = Catalogue(kind, made.room)
        monkeypatch.setattr(phantom_registry, f"phantom_{kind}", fresh)
    before = set(catalogue.REGISTRY)
    path = make_pack(tmp_path, "checks: {shouting: {most: 0.5}}").path
    (path / "domain.yml").write_text(DOMAIN + 'augment: [{shout: {mark: "?"}}]\n')
    (path / "scenarios.yml").write_text(
        "scenarios: [{courses: {count: 3}}]\nevents: {course: {kind: treats}}\n"
    )
    yield load_pack(path)
    for keys in set(catalogue.REGISTRY) - before:
        if catalogue.REGISTRY[keys].__module__ == "theirs":
            del catalogue.REGISTRY[keys]


def test_its_back_end_writes(pack: Pack, tmp_path: Path) -> None:
    config = tmp_path / "parrot.cfg"
    config.write_text(shown("Add a back-end", "ini"))
    specs, journal, made = (
        tmp_path / f"{name}.jsonl" for name in ("specs", "completions", "accepted")
    )
    write_jsonl(specs, [Spec(id="a", kind="apart"), Spec(id="b", kind="apart")])
    for _ in range(2):
        generate(pack.path, specs, journal, llm=config)
    assert len(journal.read_text().splitlines()) == 2
    curate(pack.path, specs, journal, made, tmp_path / "rejected.jsonl")
    # The second says what the first says.
    (example,) = read_jsonl(made, Example)
    assert (example.text, example.model) == ("Severe asthma was seen.", "parrot")


def test_its_check_judges(pack: Pack) -> None:
    context = CheckContext(pack, load_config(pack.path))
    assert context.config.checks["shouting"] == {"most": 0.5}
    corpus = [Example(id=x, text=x, model="m") for x in ("AAAb", "Aabc")]
    found = run_one("shouting", corpus, context, most=0.5)
    assert [x.detail for x in found if isinstance(x, Finding)] == ["75% capitals"]
    assert [x.text for x in found if isinstance(x, Hint)] == ["Write as journals do."]


def test_its_format_is_read(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("No /gout/ or /asthma/.\nNone.\nA/b.\n")
    out = tmp_path / "notes.jsonl"
    told = {"source": "slashes", "target": "phantom"}
    with pytest.raises(ValueError, match="notes.txt:3: a slash without another"):
        convert_format(tmp_path / "notes.txt", out, **told)
    convert_format(tmp_path / "notes.txt", out, **told, skip=True)
    first, second = read_jsonl(out, Example)
    assert [x.text for x in first.entities] == ["gout", "asthma"]
    assert second.text == "None." and not second.entities


def test_its_scenario_gives_facts(pack: Pack, tmp_path: Path) -> None:
    simulate(pack.path, tmp_path / "facts.jsonl", seed=30)
    facts = list(read_jsonl(tmp_path / "facts.jsonl", Fact))
    assert [fact.numbers["age"].value for fact in facts] == [30, 31, 32]


def test_its_augmenter_varies_passages(pack: Pack) -> None:
    (copy,) = augment(pack, [Example(id="x", text="Well", model="m")], seed=0)[1:]
    assert (copy.id, copy.text, copy.varied) == ("x?", "Well?", "shout")


@pytest.mark.usefixtures("pack")
def test_its_image_generator_draws(tmp_path: Path) -> None:
    (tmp_path / "who.yml").write_text("generator: {flat: {gray: 7}}")
    name, generator = load_generator(tmp_path / "who.yml")
    (image,) = generator([ImageRequest(id="a", text="t", kind="k")])
    assert (name, image.getpixel((0, 0))) == ("flat", 7)
