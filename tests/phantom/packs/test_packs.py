"""Every pack that ships: it loads, its recording fits it, and no code knows it."""

import re

import pytest
from tests.builders import ROOT
from tests.builders.sources import read

from phantom.jsonl import read_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.passages.tags import Tagged, parse_tags
from phantom.planning.plan import make_plan
from phantom.prompts.demonstrations import Demonstrations, read_demonstrations
from phantom.prompts.prompter import Prompter
from phantom.records import Completion, Spec

PATHS = sorted(path.parent for path in ROOT.glob("assets/domains/*/domain.yml"))
# Converters of public originals name the tags that these use.
CODE = sorted(
    path for path in (ROOT / "scripts").rglob("*.py") if path.parent.name != "formats"
)


@pytest.fixture(params=PATHS, ids=lambda path: path.name)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


@pytest.fixture(scope="module")
def domain_words() -> set[str]:
    """Names of the domains, of their labels and of their relations."""
    packs = [load_pack(path) for path in PATHS]
    labels = {label for pack in packs for label in [*pack.labels, *pack.relations]}
    return labels | {pack.name for pack in packs}


def test_there_are_two_domains() -> None:
    assert {"finance", "medicine"} <= {path.name for path in PATHS}


def test_texts_of_the_pack(pack: Pack) -> None:
    assert pack.guidelines.strip()
    assert pack.domain.sample.strip()
    for label in [*pack.labels, *pack.relations]:
        assert label in pack.guidelines, f"guidelines.md does not speak of {label}"


def test_recorded_specs_fit_the_kinds(pack: Pack) -> None:
    count = 0
    for spec in read_jsonl(pack.recording / "specs.jsonl.gz", Spec):
        count += 1
        kind = pack.kinds[spec.kind]
        for name, value in spec.attributes.items():
            grid = pack.attributes[name]
            assert value in grid.values, (spec.id, name, value)
            assert grid.applies_to(spec.kind), (spec.id, name)
        for label, terms in spec.seeds.items():
            assert len(terms) <= kind.entities.get(label, 0), (spec.id, label)
        assert set(spec.open) <= set(kind.entities), spec.id
    assert count


def test_every_recorded_spec_has_one_completion(pack: Pack) -> None:
    specs = {s.id for s in read_jsonl(pack.recording / "specs.jsonl.gz", Spec)}
    answered = [
        name
        for answer in read_jsonl(pack.recording / "completions.jsonl.gz", Completion)
        for name in answer.spec_ids
    ]
    assert sorted(answered) == sorted(specs)


def test_prompts_render_with_every_demonstration(pack: Pack) -> None:
    pool = read_demonstrations(pack)
    assert len(pool) >= 4
    specs = make_plan(pack, 5, seed=2)
    prompter = Prompter(pack, "generate", Demonstrations(pool, len(pool)))
    text = "\n".join(part.text for part in prompter.render(specs).parts)
    assert all(label in text for label in [*pack.labels, *pack.relations])
    assert all(spec.kind in text for spec in specs)
    assert all(item.answer in text for item in pool)
    Prompter(pack, "extract")


def test_demonstrations_keep_the_rules_of_their_pack(pack: Pack) -> None:
    for item in read_demonstrations(pack):
        tagged = parse_tags(item.text, pack.labels)
        assert isinstance(tagged, Tagged), tagged
        labels = {int(e.id): e.label for e in tagged.entities if e.id}
        kind = pack.kinds[str(item.ask["kind"])]
        stated = set()
        for head, name, tail in item.relations:
            rule = pack.relations[str(name)]
            assert labels[int(head)] in rule.head and labels[int(tail)] in rule.tail
            stated.add(name)
        assert kind.relation is None or kind.relation in stated
        assert not stated & (
            {*pack.relations} if "*" in kind.forbids else {*kind.forbids}
        )
        assert not (kind.empty and labels)


def test_no_code_names_a_domain_or_its_labels(domain_words: set[str]) -> None:
    found = [
        f"{path}:{line}: {word}"
        for path in CODE
        for line, text in read(path).words
        for word in re.findall(r"\w+", text)
        if word in domain_words
    ]
    assert not found, "move it to the pack"
