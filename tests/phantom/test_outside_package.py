"""A package of somebody else adds a back-end, augmenter, format, scenario and check."""

from collections.abc import Iterator
from pathlib import Path

import catalogue
import pytest
from tests.builders.packs import DOMAIN, findings, make_pack

from convert_format import convert_format
from curate import curate
from generate import generate
from phantom.augmenters.base import augment
from phantom.checks import CheckContext, load_config
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example, Fact, Spec
from phantom.registry import Catalogue, phantom_registry
from simulate import simulate

KINDS = ("llms", "augmenters", "formats", "scenarios", "checks")
POINTS = """
[phantom_llms]
theirs.Parrot.v1 = theirs:Parrot
[phantom_augmenters]
shout = theirs:shout
[phantom_formats]
slashes = theirs:Slashes
[phantom_scenarios]
courses = theirs:courses
[phantom_checks]
short = theirs:short
"""
CODE = '''
"""A back-end that says one sentence, and one of each of the other catalogues."""

import json
from dataclasses import dataclass

from phantom.checks import Finding
from phantom.completions.ledger import read_ledger
from phantom.formats.base import Format
from phantom.llms.job import Summary, make_ledger, make_prompter, unfinished
from phantom.passages.rewrite import Edit, rewrite
from phantom.passages.tags import parse_tags
from phantom.records import Amount, Completion, Example, Fact, Term


class Parrot:
    currency, model = "", "parrot"

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def generate(self, job):
        return self.complete(job, job.specs, make_prompter(job))

    def complete(self, job, asks, prompter):
        summary = Summary()
        ledger = read_ledger(job.journal.path, make_ledger(prompter, job))
        for ask in list(unfinished(asks, ledger, summary)):
            answer = json.dumps({"text": self.sentence, "relations": []})
            job.journal.append(Completion(
                spec_ids=(ask.id,), completion=answer, model=self.model,
                recorded="2026-01-01", prompt=prompter.digest))
            summary.completed += 1
        return summary


def shout(passages, *, mark: str = "!"):
    for example in list(passages.found):
        end = len(example.text)
        yield rewrite(example, [Edit(end, end, mark)], id=f"{example.id}{mark}",
                      derived_from=(example.id,))


@dataclass
class Slashes(Format):
    label: str = "DISEASE"

    def read(self, files, prefix, report):
        for i, line in enumerate(files["file"].read_text().splitlines()):
            open, close = f"<{self.label} id=1>", f"</{self.label}>"
            tagged = parse_tags(line.replace("/", open, 1).replace("/", close, 1)
                                if line.count("/") == 2 else line, [self.label])
            yield Example(id=f"{prefix}{i}", text=tagged.text,
                          entities=tagged.entities)


def courses(world, *, count: int):
    for i in range(count):
        yield Fact(id=f"c{i}", event="course",
                   entities={"illness": Term(label="DISEASE", text="asthma")},
                   numbers={"age": Amount(value=world.seed + i, unit="years")})


def short(corpus, context, *, least: int = 40):
    for example in corpus:
        if len(example.text) < least:
            yield Finding(ids=(example.id,), severity="warning", reason="short",
                          detail=f"{len(example.text)} characters")
'''


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    """A pack whose data names what the package brings; none of our files does."""
    site = tmp_path / "site"
    info = site / "theirs-2.0.dist-info"
    info.mkdir(parents=True)
    (site / "theirs.py").write_text(CODE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(site)
    for kind in KINDS:
        # As in a new process: what entry points there are is found once.
        made = getattr(phantom_registry, f"phantom_{kind}")
        fresh = Catalogue(kind, made.room)
        monkeypatch.setattr(phantom_registry, f"phantom_{kind}", fresh)
    before = set(catalogue.REGISTRY)
    path = make_pack(tmp_path, "checks: {short: {least: 30}}").path
    (path / "domain.yml").write_text(DOMAIN + 'augment: [{shout: {mark: "?"}}]\n')
    (path / "scenarios.yml").write_text(
        "scenarios: [{courses: {count: 3}}]\nevents: {course: {kind: treats}}\n"
    )
    yield load_pack(path)
    for keys in set(catalogue.REGISTRY) - before:
        if catalogue.REGISTRY[keys].__module__ == "theirs":
            del catalogue.REGISTRY[keys]


def test_its_back_end_writes_and_its_check_judges(pack: Pack, tmp_path: Path) -> None:
    config = tmp_path / "parrot.cfg"
    sentence = "Severe <DISEASE id=1>asthma</DISEASE> was seen."
    config.write_text(
        f'[llm]\n@phantom_llms = "theirs.Parrot.v1"\nsentence = "{sentence}"\n'
    )
    specs, journal, made = (
        tmp_path / f"{name}.jsonl" for name in ("specs", "completions", "accepted")
    )
    write_jsonl(specs, [Spec(id="a", kind="apart"), Spec(id="b", kind="apart")])
    generate(pack.path, specs, journal, llm=config)
    curate(pack.path, specs, journal, made, tmp_path / "rejected.jsonl")
    # The second says what the first says.
    (example,) = read_jsonl(made, Example)
    assert (example.text, example.model) == ("Severe asthma was seen.", "parrot")
    context = CheckContext(pack, load_config(pack.path))
    assert context.config.checks["short"] == {"least": 30}
    (found,) = findings("short", [example], context, least=30)
    assert (found.ids, found.detail) == (("a",), "23 characters")


def test_its_format_is_read(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("No /asthma/ here.\nNothing.\n")
    out = tmp_path / "notes.jsonl"
    convert_format(tmp_path / "notes.txt", out, source="slashes", target="phantom")
    first, second = read_jsonl(out, Example)
    assert [x.text for x in first.entities] == ["asthma"] and not second.entities


def test_its_scenario_gives_facts(pack: Pack, tmp_path: Path) -> None:
    simulate(pack.path, tmp_path / "facts.jsonl", seed=30)
    facts = list(read_jsonl(tmp_path / "facts.jsonl", Fact))
    assert [fact.numbers["age"].value for fact in facts] == [30, 31, 32]


def test_its_augmenter_varies_passages(pack: Pack) -> None:
    (copy,) = augment(pack, [Example(id="x", text="Well", model="m")], seed=0)[1:]
    assert (copy.id, copy.text, copy.varied) == ("x?", "Well?", "shout")
