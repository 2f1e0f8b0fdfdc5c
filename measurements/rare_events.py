"""What rare events in the training text are worth on passages that tell them.

    python scripts/simulate.py assets/domains/finance facts.jsonl
    python measurements/rare_events.py facts.jsonl

Facts of the finance pack's market are told by templates, three for each event; two of
them train and the third tests. One small pipeline (configs/smoke.cfg) learns from
ordinary events alone, one from as many passages of which a share tells rare ones.
"""

import argparse
import json
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import spacy
from run_steps import step

from phantom.jsonl import read_jsonl, write_jsonl
from phantom.passages.tags import Tagged, parse_tags
from phantom.planning.scenarios.events import write_amount
from phantom.records import Example, Fact
from phantom.runtime import register_components

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "assets" / "domains" / "finance"
# Keys of the facts in braces.
TEMPLATES = {
    "earnings": (
        "{firm} reported {measure} of {revenue}, a change of {growth}.",
        "At {firm}, {measure} came to {revenue} ({growth} on the year).",
        "{measure} of {revenue} was posted by {firm}; the change was {growth}.",
    ),
    "rate_decision": (
        "The {central_bank} set its {measure} at {rate}, a move of {move}.",
        "With a step of {move}, the {central_bank} took the {measure} to {rate}.",
        "The {measure} now stands at {rate}, {central_bank} said, {move} from before.",
    ),
    "acquisition": (
        "{buyer} completed its purchase of {firm} for {worth}.",
        "{firm} was bought by {buyer} in a deal worth {worth}.",
        "For {worth}, {buyer} took control of {firm}.",
    ),
    "default": (
        "{firm} defaulted on {measure} of {debt}.",
        "Creditors of {firm} face losses after it failed to pay; {measure} was {debt}.",
        "Unable to meet its payments, {firm} left {measure} of {debt} unpaid.",
    ),
    "bank_run": (
        "Customers queued outside {bank} and withdrew {measure} of {deposits}.",
        "A run on {bank} cost it {measure} of {deposits}, {share} of all.",
        "Within hours {deposits} of {measure} drained from {bank}.",
    ),
    "bank_failure": (
        "{bank} was closed with a hole of {hole} and handed to {heir}.",
        "Regulators seized {bank}; {heir} takes its customers and {deposits}.",
        "{heir} stepped in for {bank}, which collapsed with {hole} missing.",
    ),
    "flash_crash": (
        "{firm} plunged {fall} on {exchange} within minutes, to {low}.",
        "On {exchange}, shares of {firm} fell {fall} before closing at {close}.",
        "A wave of selling on {exchange} sent {firm} to {low}, down {fall}.",
    ),
    "margin_call": (
        "{fund} faced a margin call and dumped {firm} stock worth {sold}.",
        "Brokers sold {firm} shares that {fund} had bought with {loan} of credit.",
        "Forced out of {firm}, {fund} could not repay {loan}.",
    ),
}
_KEY = re.compile(r"\{(\w+)\}")


def tell(fact: Fact, template: str) -> Example | None:
    """A passage of a fact; None if it lacks what the template names."""
    labels = {key: (term.text, term.label) for key, term in fact.entities.items()}
    for key, number in fact.numbers.items():
        labels[key] = (write_amount(number), number.label or "")
    keys = _KEY.findall(template)
    if not set(keys) <= labels.keys():
        return None
    place = {key: i for i, key in enumerate(dict.fromkeys(keys), start=1)}

    def write(match: re.Match[str]) -> str:
        text, label = labels[match[1]]
        return f"<{label} id={place[match[1]]}>{text}</{label}>" if label else text

    text = _KEY.sub(write, template)
    parsed = parse_tags(text, {label for _, label in labels.values() if label})
    assert isinstance(parsed, Tagged), (text, parsed)
    at = {int(entity.id or 0): i for i, entity in enumerate(parsed.entities)}
    relations = [
        {"head": at[place[r.head]], "label": r.label, "tail": at[place[r.tail]]}
        for r in fact.relations
        if {r.head, r.tail} <= place.keys()
    ]
    return Example.model_validate(
        {
            "id": f"{fact.id} {template[:12]}",
            "text": parsed.text,
            "entities": [entity.model_dump() for entity in parsed.entities],
            "relations": relations,
            "model": "templates",
            "meta": {"kind": fact.event},
        }
    )


def passages(facts: Sequence[Fact], which: Sequence[int]) -> Iterator[Example]:
    """Every fact by the templates of these places, one after the other."""
    for number, fact in enumerate(facts):
        for place in which[number % len(which) :][:1]:
            made = tell(fact, TEMPLATES[fact.event][place])
            if made:
                yield made


def train(folder: Path, corpus: Sequence[Example], steps: int) -> Path:
    """A small pipeline of a corpus."""
    write_jsonl(folder / "checked.jsonl", corpus)
    text = (ROOT / "configs" / "smoke.cfg").read_text(encoding="utf-8")
    config = folder / "train.cfg"
    config.write_text(text.replace("max_steps = 200", f"max_steps = {steps}"))
    step("convert", PACK, folder / "checked.jsonl", folder)
    step("train", config, folder, folder / "training", "--metrics", folder / "metrics")
    return folder / "training" / "model-best"


def score(pipeline: Path, test: Sequence[Example]) -> dict[str, float]:
    """Micro F1 of exact mentions, and of relations between exact mentions."""
    register_components()
    nlp = spacy.load(pipeline)
    counts = {"entities": [0, 0, 0], "relations": [0, 0, 0]}
    for example in test:
        doc = nlp(example.text)
        found = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        gold = {(e.start, e.end, e.label) for e in example.entities}
        spans = [(e.start, e.end) for e in example.entities]
        links = {(spans[r.head], r.label, spans[r.tail]) for r in example.relations}
        said = set()
        for relation in doc._.relations:
            ends = [doc[slice(*relation[key])] for key in ("head", "tail")]
            head, tail = [(span.start_char, span.end_char) for span in ends]
            said.add((head, relation["label"], tail))
        for name, ours, true in (
            ("entities", found, gold),
            ("relations", said, links),
        ):
            hits = len(ours & true)
            counts[name] = [
                a + b
                for a, b in zip(counts[name], (hits, len(ours), len(true)), strict=True)
            ]
    return {
        name: round(100 * 2 * hits / max(1, ours + true), 1)
        for name, (hits, ours, true) in counts.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="what simulate wrote")
    parser.add_argument("--size", type=int, default=240, help="training passages")
    parser.add_argument("--rare", type=float, default=0.3, help="share of rare events")
    parser.add_argument("--test", type=int, default=60, help="passages of each test")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("without", "with"), help="one of the two")
    given = parser.parse_args()
    read = read_jsonl(given.facts, Fact)
    facts = [fact for fact in read if fact.event in TEMPLATES]
    random.Random(given.seed).shuffle(facts)
    sides = {rare: [f for f in facts if f.rare == rare] for rare in (False, True)}
    parts = {}
    for rare, side in sides.items():
        # No event is told in training and in a test.
        tests, rest = side[: given.test], side[given.test :]
        parts[rare] = (list(passages(rest, [0, 1])), list(passages(tests, [2])))
    few = round(given.rare * given.size)
    ordinary, rare_ones = parts[False][0], parts[True][0]
    corpora = {
        "without": ordinary[: given.size],
        "with": [*ordinary[: given.size - few], *rare_ones[:few]],
    }
    for name, corpus in corpora.items():
        if given.only and name != given.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            pipeline = train(Path(folder), corpus, given.steps)
            row = {
                "rare events": name,
                "passages": len(corpus),
                "of rare events": sum(
                    e.id in {r.id for r in rare_ones} for e in corpus
                ),
                "on rare": score(pipeline, parts[True][1]),
                "on ordinary": score(pipeline, parts[False][1]),
                "tests": [len(parts[True][1]), len(parts[False][1])],
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
