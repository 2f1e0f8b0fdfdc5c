"""Faults to plant in a corpus, one function each: what checks are measured by."""

import re
from collections.abc import Callable
from random import Random

from fault_texts import CANARY
from fault_texts import FaultWords as Words

from phantom.records import Entity, Example, Relation

# By kind: the checks that may find it.
EXPECTED: dict[str, tuple[str, ...]] = {}
Maker = Callable[[Random, Example, Words], Example | None]
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
def missed_mention_in_passage(rng: Random, x: Example, said: Words) -> Example | None:
    long = [e for e in x.entities if len(e.text) > 5 and "-" not in e.text]
    if not long:
        return None
    return append(x, said.again.format(long[0].text))


@plant("label_in_passage")
def two_labels_in_passage(rng: Random, x: Example, said: Words) -> Example | None:
    if not x.entities:
        return None
    entity = x.entities[0]
    new = append(x, said.also.format(entity.text))
    start = new.text.rindex(entity.text)
    other = said.gene if entity.label != said.gene else said.chemical
    second = Entity(
        start=start, end=start + len(entity.text), label=other, text=entity.text
    )
    return new.model_copy(update={"entities": (*x.entities, second)})


@plant("lexicon_mentions")
def missed_lexicon_name(rng: Random, x: Example, said: Words) -> Example | None:
    name = rng.choice(said.lexicon)
    return None if name in x.text else append(x, said.history.format(name))


@plant("boundaries")
def article_in_span(rng: Random, x: Example, said: Words) -> Example | None:
    for i, entity in enumerate(x.entities):
        for article in said.articles:
            start = entity.start - len(article)
            if start >= 0 and x.text[start : entity.start].lower() == article:
                if start == 0 or x.text[start - 1] == " ":
                    return respan(x, i, start, entity.end)
    return None


@plant("boundaries")
def trailing_word_in_span(rng: Random, x: Example, said: Words) -> Example | None:
    for i, entity in enumerate(x.entities):
        rest = re.match(said.trailing, x.text[entity.end :])
        if entity.label in (said.disease, said.gene) and rest:
            of_gene = said.trailing_gene in rest.group().lower()
            if entity.label == said.gene or not of_gene:
                if entity.label == said.disease or of_gene:
                    return respan(x, i, entity.start, entity.end + rest.end())
    return None


@plant("boundaries")
def punctuation_in_span(rng: Random, x: Example, said: Words) -> Example | None:
    for i, entity in enumerate(x.entities):
        if x.text[entity.end : entity.end + 1] in (",", ";"):
            return respan(x, i, entity.start, entity.end + 1)
    return None


@plant("boundaries")
def abbreviation_inside_span(rng: Random, x: Example, said: Words) -> Example | None:
    for i, (a, b) in enumerate(zip(x.entities, x.entities[1:], strict=False)):
        if x.text[a.end : b.start] == " (" and x.text[b.end : b.end + 1] == ")":
            if b.text.isupper() and a.text[0].lower() == b.text[0].lower():
                entities = (*x.entities[: i + 1], *x.entities[i + 2 :])
                new = x.model_copy(update={"entities": entities, "relations": ()})
                new = new.model_copy(update={"meta": {}})
                return respan(new, i, a.start, b.end + 1)
    return None


@plant("boundaries")
def generic_word_tagged(rng: Random, x: Example, said: Words) -> Example | None:
    found = re.search(said.generic, x.text)
    if not found or any(
        e.start < found.end() and found.start() < e.end for e in x.entities
    ):
        return None
    new = Entity(
        start=found.start(), end=found.end(), label=said.disease, text=found.group()
    )
    entities = sorted([*x.entities, new], key=lambda e: e.start)
    return x.model_copy(
        update={"entities": tuple(entities), "relations": (), "meta": {}}
    )


@plant("spec_relations")
def relation_missing(rng: Random, x: Example, said: Words) -> Example | None:
    return x.model_copy(update={"relations": ()}) if x.relations else None


@plant("spec_relations")
def relation_forbidden(rng: Random, x: Example, said: Words) -> Example | None:
    if said.co_mentioned not in str(x.meta.get("kind")):
        return None
    by_label = {e.label: i for i, e in enumerate(x.entities)}
    if said.chemical not in by_label or said.disease not in by_label:
        return None
    head, tail = by_label[said.chemical], by_label[said.disease]
    new = Relation(head=head, tail=tail, label=said.induces)
    return x.model_copy(update={"relations": (new,)})


@plant("pii", "pii_presidio")
def e_mail_address(rng: Random, x: Example, said: Words) -> Example | None:
    name = rng.choice(("j.doe", "a_meyer", "records.desk"))
    return append(x, said.mail.format(name))


@plant("pii")
def record_number(rng: Random, x: Example, said: Words) -> Example | None:
    return append(x, said.record.format(rng.randint(1000000, 9999999)))


@plant("pii")
def date_of_birth(rng: Random, x: Example, said: Words) -> Example | None:
    day, year = rng.randint(1, 28), rng.randint(1930, 1999)
    return append(x, said.born.format(day=day, year=year))


@plant("pii", "pii_presidio")
def phone_number(rng: Random, x: Example, said: Words) -> Example | None:
    return append(x, said.phone.format(rng.randint(100, 999)))


@plant("pii", "pii_presidio")
def card_number(rng: Random, x: Example, said: Words) -> Example | None:
    return append(x, said.card)


@plant("language")
def foreign_language(rng: Random, x: Example, said: Words) -> Example | None:
    number = rng.randint(3, 90)
    return plain(x, f"{rng.choice(said.foreign)} ({number})")


@plant("artefacts")
def markup_left_over(rng: Random, x: Example, said: Words) -> Example | None:
    if not x.entities:
        return None
    return append(x, said.extra.format(rng.randint(3, 9)))


@plant("artefacts")
def refusal(rng: Random, x: Example, said: Words) -> Example | None:
    return plain(x, said.refusal.format(rng.randint(10, 999)))


@plant("unfinished")
def broken_off(rng: Random, x: Example, said: Words) -> Example | None:
    words = x.text.split()
    for k in range(len(words) - 2, 5, -1):
        if words[k] in said.dangling:
            text = " ".join(words[: k + 1])
            entities = tuple(e for e in x.entities if e.end <= len(text))
            update = {"text": text, "entities": entities, "relations": ()}
            return x.model_copy(update={**update, "meta": {}})
    return None


@plant("stereotypes")
def stigmatising_phrase(rng: Random, x: Example, said: Words) -> Example | None:
    return append(x, said.left_out.format(rng.choice(said.stigma)))


@plant("group_associations")
def implausible_group(rng: Random, x: Example, said: Words) -> Example | None:
    new = append(x, said.implausible.format(rng.randint(31, 88)))
    start = new.text.rindex(said.cancer)
    end = start + len(said.cancer)
    extra = Entity(start=start, end=end, label=said.disease, text=said.cancer)
    if set(said.men.split()) & set(re.findall(r"\w+", x.text.lower())):
        return None
    return new.model_copy(update={"entities": (*x.entities, extra)})


@plant("canaries")
def canary(rng: Random, x: Example, said: Words) -> Example | None:
    return append(x, said.signed.format(CANARY.replace("-", " ")))


@plant("private_overlap")
def private_text(rng: Random, x: Example, said: Words) -> Example | None:
    words = said.private.split()
    start = rng.randint(0, len(words) - 12)
    return append(x, " ".join(words[start : start + 12]) + ".")
