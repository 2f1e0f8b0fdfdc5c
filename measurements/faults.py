"""Faults to plant in a corpus, one function each: what checks are measured by."""

import random
import re
from collections.abc import Callable

from fault_texts import CANARY, FRENCH, GERMAN, LEXICON, PRIVATE

from phantom.records import Entity, Example, Relation

# By kind: the checks that may find it.
EXPECTED: dict[str, tuple[str, ...]] = {}
Maker = Callable[[random.Random, Example], Example | None]
MAKERS: dict[str, Maker] = {}


def plant(*checks: str) -> Callable[[Maker], Maker]:
    """Register a fault under its function's name with the checks that find it."""

    def register(make: Maker) -> Maker:
        name = make.__name__.replace("_", " ")
        EXPECTED[name] = checks
        MAKERS[name] = make
        return make

    return register


def append(example: Example, sentence: str) -> Example:
    """The example with a sentence behind it, untagged."""
    text = example.text
    end = "" if text[-1] in ".?!" else "."
    return example.model_copy(update={"text": f"{text}{end} {sentence}"})


def plain(example: Example, text: str) -> Example:
    return example.model_copy(
        update={"text": text, "entities": (), "relations": (), "meta": {}}
    )


def respan(example: Example, index: int, start: int, end: int) -> Example:
    """The example with other bounds for one mention."""
    entities = list(example.entities)
    update = {"start": start, "end": end, "text": example.text[start:end]}
    entities[index] = entities[index].model_copy(update=update)
    return example.model_copy(update={"entities": tuple(entities)})


@plant("label_in_passage")
def missed_mention_in_passage(rng: random.Random, x: Example) -> Example | None:
    long = [e for e in x.entities if len(e.text) > 5 and "-" not in e.text]
    if not long:
        return None
    return append(x, f"In two of them {long[0].text} was noted again.")


@plant("label_in_passage")
def two_labels_in_passage(rng: random.Random, x: Example) -> Example | None:
    if not x.entities:
        return None
    entity = x.entities[0]
    new = append(x, f"Later reports name {entity.text} as well.")
    start = new.text.rindex(entity.text)
    other = "GENE" if entity.label != "GENE" else "CHEMICAL"
    second = Entity(
        start=start, end=start + len(entity.text), label=other, text=entity.text
    )
    return new.model_copy(update={"entities": (*x.entities, second)})


@plant("lexicon_mentions")
def missed_lexicon_name(rng: random.Random, x: Example) -> Example | None:
    name = rng.choice(LEXICON)
    return None if name in x.text else append(x, f"A history of {name} was given.")


@plant("boundaries")
def article_in_span(rng: random.Random, x: Example) -> Example | None:
    for i, entity in enumerate(x.entities):
        for article in ("the ", "a ", "an "):
            start = entity.start - len(article)
            if start >= 0 and x.text[start : entity.start].lower() == article:
                if start == 0 or x.text[start - 1] == " ":
                    return respan(x, i, start, entity.end)
    return None


@plant("boundaries")
def trailing_word_in_span(rng: random.Random, x: Example) -> Example | None:
    for i, entity in enumerate(x.entities):
        rest = re.match(
            r" (?:patients|families|cases|genes?|mRNA)\b", x.text[entity.end :]
        )
        if entity.label in ("DISEASE", "GENE") and rest:
            if entity.label == "GENE" or "gene" not in rest.group():
                if entity.label == "DISEASE" or "gene" in rest.group():
                    return respan(x, i, entity.start, entity.end + rest.end())
    return None


@plant("boundaries")
def punctuation_in_span(rng: random.Random, x: Example) -> Example | None:
    for i, entity in enumerate(x.entities):
        if x.text[entity.end : entity.end + 1] in (",", ";"):
            return respan(x, i, entity.start, entity.end + 1)
    return None


@plant("boundaries")
def abbreviation_inside_span(rng: random.Random, x: Example) -> Example | None:
    for i, (a, b) in enumerate(zip(x.entities, x.entities[1:], strict=False)):
        if x.text[a.end : b.start] == " (" and x.text[b.end : b.end + 1] == ")":
            if b.text.isupper() and a.text[0].lower() == b.text[0].lower():
                entities = (*x.entities[: i + 1], *x.entities[i + 2 :])
                new = x.model_copy(update={"entities": entities, "relations": ()})
                new = new.model_copy(update={"meta": {}})
                return respan(new, i, a.start, b.end + 1)
    return None


@plant("boundaries")
def generic_word_tagged(rng: random.Random, x: Example) -> Example | None:
    found = re.search(r"\b(?:symptoms|syndrome|disease|condition)\b", x.text)
    if not found or any(
        e.start < found.end() and found.start() < e.end for e in x.entities
    ):
        return None
    new = Entity(
        start=found.start(), end=found.end(), label="DISEASE", text=found.group()
    )
    entities = sorted([*x.entities, new], key=lambda e: e.start)
    return x.model_copy(
        update={"entities": tuple(entities), "relations": (), "meta": {}}
    )


@plant("spec_relations")
def relation_missing(rng: random.Random, x: Example) -> Example | None:
    return x.model_copy(update={"relations": ()}) if x.relations else None


@plant("spec_relations")
def relation_forbidden(rng: random.Random, x: Example) -> Example | None:
    if "co-mentioned" not in str(x.meta.get("kind")):
        return None
    by_label = {e.label: i for i, e in enumerate(x.entities)}
    if "CHEMICAL" not in by_label or "DISEASE" not in by_label:
        return None
    new = Relation(head=by_label["CHEMICAL"], tail=by_label["DISEASE"], label="INDUCES")
    return x.model_copy(update={"relations": (new,)})


@plant("pii", "pii_presidio")
def e_mail_address(rng: random.Random, x: Example) -> Example | None:
    name = rng.choice(("j.doe", "a_meyer", "records.desk"))
    return append(x, f"Questions went to {name}@st-olaf-clinic.org before closing.")


@plant("pii")
def record_number(rng: random.Random, x: Example) -> Example | None:
    return append(x, f"He was seen under MRN {rng.randint(1000000, 9999999)} twice.")


@plant("pii")
def date_of_birth(rng: random.Random, x: Example) -> Example | None:
    day, year = rng.randint(1, 28), rng.randint(1930, 1999)
    return append(x, f"One of them, born on {day:02}/07/{year}, left early.")


@plant("pii", "pii_presidio")
def phone_number(rng: random.Random, x: Example) -> Example | None:
    return append(x, f"Calls to +44 20 7946 0{rng.randint(100, 999)} were logged.")


@plant("pii", "pii_presidio")
def card_number(rng: random.Random, x: Example) -> Example | None:
    return append(x, "The fee was charged to 4111 1111 1111 1111 in advance.")


@plant("language")
def foreign_language(rng: random.Random, x: Example) -> Example | None:
    number = rng.randint(3, 90)
    return plain(x, f"{rng.choice((FRENCH, GERMAN))} ({number})")


@plant("artefacts")
def markup_left_over(rng: random.Random, x: Example) -> Example | None:
    if not x.entities:
        return None
    return append(x, f"A <DISEASE id={rng.randint(3, 9)}>rash</DISEASE> came later.")


@plant("artefacts")
def refusal(rng: random.Random, x: Example) -> Example | None:
    return plain(x, f"I'm sorry, but I cannot write passage {rng.randint(10, 999)}.")


@plant("unfinished")
def broken_off(rng: random.Random, x: Example) -> Example | None:
    words = x.text.split()
    for k in range(len(words) - 2, 5, -1):
        if words[k] in ("the", "of", "and", "with", "in", "by"):
            text = " ".join(words[: k + 1])
            entities = tuple(e for e in x.entities if e.end <= len(text))
            update = {"text": text, "entities": entities, "relations": ()}
            return x.model_copy(update={**update, "meta": {}})
    return None


@plant("stereotypes")
def stigmatising_phrase(rng: random.Random, x: Example) -> Example | None:
    said = rng.choice(("Drug abusers", "Known alcoholics", "The mentally ill"))
    return append(x, f"{said} were left out of the count.")


@plant("group_associations")
def implausible_group(rng: random.Random, x: Example) -> Example | None:
    new = append(x, f"A woman of {rng.randint(31, 88)} had prostate cancer.")
    start = new.text.rindex("prostate cancer")
    extra = Entity(start=start, end=start + 15, label="DISEASE", text="prostate cancer")
    men = "men man male males he his boys boy sons brothers"
    if set(men.split()) & set(re.findall(r"\w+", x.text.lower())):
        return None
    return new.model_copy(update={"entities": (*x.entities, extra)})


@plant("canaries")
def canary(rng: random.Random, x: Example) -> Example | None:
    return append(x, f"The sheet was signed {CANARY.replace('-', ' ')}.")


@plant("private_overlap")
def private_text(rng: random.Random, x: Example) -> Example | None:
    words = PRIVATE.split()
    start = rng.randint(0, len(words) - 12)
    return append(x, " ".join(words[start : start + 12]) + ".")
