"""The LLM as the labeller itself: sentences in, entities and relations out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import accumulate
from pathlib import Path
from typing import Any

from phantom.completions.answers import Answer
from phantom.completions.ledger import Ledger, final_answers
from phantom.curation.relations import RejectError, read_relation
from phantom.packs.pack import Pack
from phantom.passages.rewrite import Edit, rewrite
from phantom.passages.tags import Tagged, TagProblem, parse_tags
from phantom.prompts.demonstrations import Demonstration
from phantom.records import Entity, Example, Labelled, Record, Relation, State


class Sentence(Record):
    """A text to be labelled. origin (str): "public", "synthetic" or "private"."""

    id: str
    text: str
    origin: str


def show_sentence(sentence: Sentence) -> tuple[dict[str, Any], str]:
    """What a template sees of a sentence, and its origin."""
    return {"text": sentence.text}, sentence.origin


def to_sentences(examples: Iterable[Example], origin: str) -> Iterator[Sentence]:
    """Texts alone, each once: the gold labels go no further than this."""
    seen: set[str] = set()
    for example in examples:
        if example.text not in seen:
            seen.add(example.text)
            yield Sentence(id=example.id, text=example.text, origin=origin)


def as_extraction(pool: Iterable[Demonstration], pack: Pack) -> list[Demonstration]:
    """Turn demonstrations of writing into demonstrations of labelling."""
    turned = []
    for demonstration in pool:
        tagged = parse_tags(demonstration.text, pack.labels)
        if not isinstance(tagged, TagProblem):
            update = {"ask": {"text": tagged.text}}
            turned.append(demonstration.model_copy(update=update))
    return turned


def predict(
    examples: Iterable[Example],
    journal: Path,
    pack: Pack,
    ledger: Ledger,
    lost: Counter[str],
) -> Iterator[Labelled]:
    """The model's labels for each example, in the order of the examples.

    ledger (Ledger): Of the journal, kept current.
    lost (Counter[str]): Counts what could not be used, by reason.
    YIELDS (Labelled): Without entities where the answer failed or is pending.
    """
    answers = {a.spec_id: a for _, a in final_answers(journal, ledger)}
    first: dict[str, str] = {}
    for example in examples:
        answer = answers.get(first.setdefault(example.text, example.id))
        if answer is None:
            lost["pending"] += 1
            yield _labelled(example, "pending")
        elif answer.item is None:
            lost[answer.reason or "failed"] += 1
            yield _labelled(example, "failed")
        else:
            yield label(example, answer, pack, lost)


def label(example: Example, answer: Answer, pack: Pack, lost: Counter[str]) -> Labelled:
    """Put the tags of an answer onto the text as it was given."""
    assert answer.item is not None
    tagged = parse_tags(answer.item["text"], pack.labels)
    if isinstance(tagged, TagProblem):
        lost[tagged.reason] += 1
        return _labelled(example, "failed")
    entities = align(example.text, tagged, lost)
    relations: dict[Relation, None] = {}
    for item in answer.item["relations"]:
        try:
            relations[read_relation(item, entities, pack.relations)] = None
        except RejectError as error:
            lost[error.reason] += 1
    return _labelled(
        example,
        "completed",
        entities=tuple(entities),
        relations=tuple(relations),
    )


def _labelled(example: Example, state: State, **found: Any) -> Labelled:
    """The example's text with what was found; it stays of the example's origin."""
    kept = {"id", "text", "origin", "sources", "model", "derived_from", "varied"}
    return Labelled(**example.model_dump(include=kept), state=state, **found)


def align(text: str, copied: Tagged, lost: Counter[str]) -> list[Entity]:
    """Entities of a copy at their places in the text, which it may differ from.

    lost (Counter[str]): Counts mentions that the text does not hold as they are.
    """
    copy = Example(id="", text=copied.text, entities=copied.entities)
    gone: list[Entity] = []
    found = rewrite(copy, _differences(copied.text, text), lost=gone).entities
    named = {entity.id: entity.text for entity in copied.entities}
    kept = [entity for entity in found if entity.text == named[entity.id]]
    missing = len(copied.entities) - len(kept)
    if missing:
        lost["mention not in the text"] += missing
    return kept


def _differences(copied: str, text: str) -> list[Edit]:
    if copied == text:
        return []
    # By words: a single letter in common aligns nothing.
    old, new = (re.findall(r"\w+|\s+|[^\w\s]", x) for x in (copied, text))
    start = [0, *accumulate(map(len, old))]
    return [
        Edit(start[a], start[b], "".join(new[c:d]))
        for kind, a, b, c, d in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes()
        if kind != "equal"
    ]
