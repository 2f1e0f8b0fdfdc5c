"""Weaknesses turned into what to ask for: kinds, grid values, names."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from phantom.evaluation.diagnosis.records import Diagnosis, Passage, Weakness
from phantom.feedback.hints import Hint
from phantom.feedback.refill import Ask, matches
from phantom.packs.language import LanguageData
from phantom.packs.lexicons import read_names
from phantom.packs.pack import Pack
from phantom.passages.words import TOKEN
from phantom.records import Attribute, Entity, Example, Relation, Spec

FEWEST = 5
NO_WAY = "no kind or grid value of the pack asks for it"
# Names that one entry lists at most.
_NAMES = 200


def make_asks(
    pack: Pack,
    diagnosis: Diagnosis,
    language: LanguageData,
    plan: Sequence[Spec],
    surfaces: Collection[str],
    budget: int,
    most: int,
    left_out: Counter[str],
) -> list[Ask]:
    """What to ask for, shared out by what each weakness costs.

    plan (Sequence[Spec]): The plan before, for how many of a cell it has.
    surfaces (Collection[str]): Case-folded names in the training text.
    budget (int): Examples to ask for in all; most (int): weaknesses taken up.
    left_out (Counter[str]): Counts weaknesses that can't be asked for.
    """
    real = diagnosis.origin != "synthetic"
    chosen: list[tuple[float, Ask]] = []
    for weakness in diagnosis.weaknesses:
        if len(chosen) == most:
            break
        cell = find_cell(pack, diagnosis, weakness, language, surfaces)
        if cell is None:
            left_out[NO_WAY] += 1
            continue
        value = {"because": describe(weakness), "from_real": real}
        quotes = weakness.facet == "cue" and real
        ask = cell.model_copy(update={**value, "quotes_real": quotes})
        if any(_same(ask, other) for _, other in chosen):
            continue
        chosen.append((max(weakness.worth, 1.0), ask))
    whole = sum(worth for worth, _ in chosen)
    asks = []
    for worth, ask in chosen:
        more = max(FEWEST, round(budget * worth / whole))
        was = sum(matches(spec, ask) for spec in plan)
        asks.append(ask.model_copy(update={"was": was, "now": was + more}))
    return asks


def describe(weakness: Weakness) -> str:
    """A weakness in figures."""
    text = (
        f"{weakness.name}: {weakness.errors:,} of {weakness.of:,} wrong, elsewhere "
        f"{weakness.elsewhere:.0%}"
    )
    if weakness.training_of and weakness.facet != "surface":
        text += f"; in training {weakness.training:,} of {weakness.training_of:,}"
    return text


def find_cell(
    pack: Pack,
    diagnosis: Diagnosis,
    weakness: Weakness,
    language: LanguageData,
    surfaces: Collection[str],
) -> Ask | None:
    """The kinds, grid values and names of a weakness; None if nothing asks for it."""
    facet, value, label = weakness.facet, weakness.value, weakness.label
    kinds = _kinds(pack, diagnosis, weakness)
    if kinds is None:
        return None
    if facet == "kind":
        return _ask(kinds=[value]) if value in pack.kinds else None
    if facet.startswith("asked "):
        name = facet.removeprefix("asked ")
        found = _grid_value(pack, name, lambda x: str(x) == value)
        return None if found is None else _fit(pack, kinds, name, found)
    if facet == "surface" and label:
        names = [n for n in read_names(pack, label) if n.casefold() not in surfaces]
        # Evenly spread over the lexicons; drawn from them alone, never from the text.
        step = max(1, len(names) // _NAMES)
        return _ask(kinds=kinds, seeds={label: names[::step][:_NAMES]})
    if facet == "surface":
        return None
    wording = language.asks.get(f"{facet}: {value}") or language.asks.get(facet)
    if wording:
        like = re.compile(wording.like, re.IGNORECASE) if wording.like else None
        found = _grid_value(
            pack, wording.attribute, lambda x: bool(like and like.search(str(x)))
        )
        new = wording.say.format(value=value)
        return _fit(pack, kinds, wording.attribute, new if found is None else found)
    return _ask(kinds=kinds) if facet in ("label", "ends", "mentions") else None


def predicted_edits(diagnosis: Diagnosis) -> Iterator[tuple[Example, Example]]:
    """What was predicted and what is right, as one edits the other."""
    for passage in diagnosis.texts:
        yield _example(passage, diagnosis, 0), _example(passage, diagnosis, 1)


def without_new_words(
    hints: Iterable[Hint], pack: Pack, vocabulary: Collection[str]
) -> Iterator[Hint]:
    """Hints but for those on words that training text does not have.

    Such a hint would carry names of the dev data into training text, and the next
    diagnosis on that data would take it for a gain.

    vocabulary (Collection[str]): Words of the training text, in lower case.
    """
    for hint in hints:
        words = [word.lower() for word in TOKEN.findall(hint.about)]
        is_label = hint.about in pack.labels or hint.about in pack.relations
        if is_label or all(word in vocabulary for word in words):
            yield hint


def _kinds(pack: Pack, diagnosis: Diagnosis, weakness: Weakness) -> list[str] | None:
    """The kinds that bring in what a weakness is about; None if there are none.

    Where it is of all labels, of those that the data diagnosed has marked.
    """
    label, kinds = weakness.label, pack.kinds
    if weakness.family == "passages":
        # Marked where nothing is: more text without any mention shows it.
        found = [name for name, kind in kinds.items() if kind.empty]
        return found if weakness.facet in ("mentions", "kind") else found or None
    if weakness.family == "mentions":
        labels = [label] if label else list(diagnosis.confusion)
        found = [n for n, k in kinds.items() if set(k.entities) & set(labels)]
    elif weakness.family == "relations":
        names = [label] if label else list(diagnosis.relation_confusion)
        labels = [ours for name in names for ours in diagnosis.ours.get(name, [name])]
        found = [n for n, k in kinds.items() if k.relation in labels]
    else:
        named = diagnosis.ours.get(label, [label]) if label else pack.relations
        refused = {"*", *named}
        found = [
            name
            for name, kind in kinds.items()
            if len(kind.entities) > 1 and refused & set(kind.forbids)
        ]
    return found or None


def _grid_value(
    pack: Pack, name: str, fits: Callable[[Attribute], bool]
) -> Attribute | None:
    grid = pack.attributes.get(name)
    return next((value for value in grid.values if fits(value)), None) if grid else None


def _fit(pack: Pack, kinds: list[str], name: str, value: Attribute) -> Ask | None:
    """The value with those of the kinds that carry its attribute."""
    grid = pack.attributes.get(name)
    carried = [kind for kind in kinds if grid is None or grid.applies_to(kind)]
    if not carried and grid is not None:
        carried = [kind for kind in pack.kinds if grid.applies_to(kind)]
    return _ask(kinds=carried, attributes={name: value}) if carried else None


def _ask(**fields: object) -> Ask:
    return Ask.model_validate({"because": "", "was": 0, "now": 0, **fields})


def _same(ask: Ask, other: Ask) -> bool:
    keys = ("kinds", "attributes", "seeds")
    return all(getattr(ask, key) == getattr(other, key) for key in keys)


def _example(passage: Passage, diagnosis: Diagnosis, side: int) -> Example:
    mentions = passage.gold if side else passage.predicted
    links = passage.gold_relations if side else passage.predicted_relations
    kept: list[Entity] = []
    for start, end, label in sorted(mentions):
        if not kept or kept[-1].end <= start:
            text = passage.text[start:end]
            kept.append(Entity(start=start, end=end, label=label, text=text))
    place = {(e.start, e.end): i for i, e in enumerate(kept)}
    relations = [
        Relation(
            head=place[a, b],
            tail=place[c, d],
            label=diagnosis.ours.get(label, [label])[0],
        )
        for a, b, c, d, label in links
        if (a, b) in place and (c, d) in place
    ]
    return Example(
        id=passage.id,
        text=passage.text,
        entities=tuple(kept),
        relations=tuple(relations),
        origin=diagnosis.origin,
    )
