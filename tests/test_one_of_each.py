"""What is written once: provenance, offsets, relations, labels that may be joined."""

import re
from typing import NamedTuple

import pytest
from tests.builders import ROOT

SCRIPTS = ROOT / "scripts"
FILES = {
    path.relative_to(SCRIPTS).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(SCRIPTS.rglob("*.py"))
}
LLMS = "phantom/llms/"
BACKEND = re.compile(r"phantom_llms\([^)]*\)\s*(?:@dataclass\s*)?class (\w+)")
BACKENDS = "|".join(
    name
    for path, text in FILES.items()
    if path.startswith(LLMS)
    for name in BACKEND.findall(text)
)
FIELDS = (
    "origin|sources|weight|model|state|round|augmented_from|joined_from|derived_from|"
    "swapped|form|stated|varied|labelled_by"
)
PIPELINE = "of a pipeline, which has no record"


class Rule(NamedTuple):
    """Code that stands in few places. allowed: Why in which file or room."""

    code: str
    allowed: dict[str, str]
    planted: tuple[str, ...]


RULES = {
    "provenance is read from fields, not from meta": Rule(
        rf"""meta\b(?:\.(?:get|pop|setdefault)\(\s*|\[)["'](?:{FIELDS})["']"""
        rf"""|["'](?:{FIELDS})["']\s+(?:not\s+)?in\s+[\w.]*meta\b""",
        {
            "phantom/shipping/card/facts.py": PIPELINE,
            "phantom/shipping/wheel.py": PIPELINE,
        },
        (
            'example.meta["origin"]',
            'if "model" in example.meta:',
            'x.meta.get(\n    "weight", 1.0)',
        ),
    ),
    "no back-end is told apart outside of its room": Rule(
        rf"isinstance\([^)]*\b(?:{BACKENDS})\b|phantom\.llms\.(?:openai|recording)\b",
        {LLMS: "the room"},
        (
            "if isinstance(backend, OpenAI):",
            "isinstance(backend, (Other, Recording))",
            "from phantom.llms.openai import OpenAI",
        ),
    ),
    "mentions are moved by rewrite": Rule(
        r'update(?:=| = )\{[^}]*"(?:start|end)":|\.(?:start|end) \+= ',
        {
            "phantom/records/examples.py": "a copy shifted as a whole",
            "phantom/passages/rewrite.py": "the function",
            "phantom/passages/carried.py": "another reading of the text, not an edit",
            "phantom/checks/boundaries.py": "other bounds in the same text",
            "phantom/curation/curator.py": "other bounds in the same text",
            "phantom/curation/judge/planted.py": "a wrong bound, on purpose",
        },
        (
            'e.model_copy(update={"start": e.start + by, "end": e.end + by})',
            'update = {"text": text[a:b], "start": a}',
        ),
    ),
    "relations follow their mentions by follow": Rule(
        r'"(?:head|tail)": \w+\.(?:head|tail) [+-]'
        r"|(?:head|tail)=\w+(?:\[\w+\.(?:head|tail)|\.(?:head|tail) [+-])",
        {"phantom/review/predicted.py": "spans of a pipeline, not mentions that moved"},
        (
            'r.model_copy(update={"head": r.head + 1})',
            "Relation(head=places[r.head], tail=places[r.tail], label=r.label)",
            "Relation(head=r.head + shift, tail=r.tail + shift, label=r.label)",
        ),
    ),
    "what a relation may join is asked of its rule": Rule(
        r"\bin \w+(?:\.\w+|\[[^\]]+\])*\.(?:head|tail)\b",
        {"phantom/packs/domain.py": "the rule"},
        (
            "if a.label in rule.head and b.label in rule.tail:",
            "x not in pack.relations[name].tail",
        ),
    ),
    "what trains was let in by admit": Rule(
        r"\bnlp\.update\(|\bDocBin\(store_user_data",
        {
            "phantom/corpora/docbin.py": "admits each doc",
            "phantom/training/update.py": "of corpora, or past training.to_gold",
            "phantom/formats/docbin.py": "a foreign form",
            "phantom/documents/applier.py": "what a pipeline found",
            "phantom/attacks/": "thrown away after the attack",
            "phantom/reports/prompts/quick.py": "thrown away after a measurement",
        },
        ("nlp.update(batch, sgd=optimizer)", "docs = DocBin(store_user_data=True)"),
    ),
    "answers become examples in curate and in trials of prompts": Rule(
        r"\bCurator\(",
        {"curate.py": "the step", "phantom/curation/trials.py": "samples of variants"},
        ("kept = Curator(pack, specs, nlp)",),
    ),
    "[id, LABEL, id] is read in one place": Rule(
        r'"unknown_tag_id"',
        {"phantom/curation/relations.py": "the reader"},
        ('raise RejectError("unknown_tag_id", "no tag has this id")',),
    ),
    "tokens are added up by Usage": Rule(
        r"\b(\w+)_tokens\b[^\n]* \+=? *\w+(?:\.\w+)*\.\1_tokens",
        {
            "phantom/records/completions.py": "the counter",
        },
        (
            "self.output_tokens += usage.output_tokens",
            "spent.input_tokens + usage.input_tokens",
        ),
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_it_stands_where_it_belongs(name: str) -> None:
    rule = RULES[name]
    found = {path for path, text in FILES.items() if re.search(rule.code, text)}
    strangers = {path for path in found if not path.startswith(tuple(rule.allowed))}
    assert strangers == set()
    # What is allowed and no longer there would hide the next one.
    for place in rule.allowed:
        assert any(path.startswith(place) for path in found), place


@pytest.mark.parametrize("name", RULES)
def test_one_that_is_planted_is_seen(name: str) -> None:
    for line in RULES[name].planted:
        assert re.search(RULES[name].code, line), line


def test_both_back_ends_are_known() -> None:
    assert set(BACKENDS.split("|")) >= {"OpenAI", "Recording"}


@pytest.mark.parametrize(
    ("function", "home"),
    [
        ("rewrite", "phantom/passages/rewrite.py"),
        ("is_symbol", "phantom/passages/names.py"),
        ("read_relation", "phantom/curation/relations.py"),
        ("judge_passage", "phantom/passages/judgement.py"),
        ("require_trainable", "phantom/packs/benchmarks.py"),
        ("admit", "phantom/corpora/origins.py"),
        ("find_definitions", "components/document_definitions.py"),
    ],
)
def test_one_of_each(function: str, home: str) -> None:
    defined = {path for path, text in FILES.items() if f"\ndef {function}(" in text}
    used = {path for path, text in FILES.items() if function in text}
    assert defined == {home} and used > defined


def test_curation_and_check_share_one_vocabulary() -> None:
    users = {path for path, text in FILES.items() if "judge_passage(" in text}
    assert {"phantom/curation/curator.py", "phantom/checks/spec.py"} <= users
