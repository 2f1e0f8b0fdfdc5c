"""What the facts of a spec say against what the passage says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from phantom.checks.engine.base import Action, Finding, Measure
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.packs.language import LanguageData
from phantom.passages.figures import (
    Figure,
    find_amount,
    find_figures,
    make_vocabulary,
    read_amount,
)
from phantom.passages.mentioned import Directions, find_name, says_date
from phantom.records import Amount, Example, Facts
from phantom.registry import phantom_registry

Reason = Literal["", "fact_lost", "fact_contradicted", "fact_unmarked"]


class Kept(NamedTuple):
    """What became of one fact. sort (str): name, amount, date or direction."""

    sort: str
    reason: Reason
    detail: str


@phantom_registry.phantom_checks("facts_kept")
def facts_kept(
    corpus: Corpus,
    context: CheckContext,
    *,
    missing: Action = "reject",
    contradicted: Action = "reject",
    unmarked: Action = "review",
) -> Iterator[Finding | Measure]:
    """A name, amount, date or direction of the facts is lost or contradicted.

    Passages whose spec had no facts of an event are passed over.

    missing (Action): What becomes of a passage without a name, amount or date; an
        amount is there if it rounds to a number of the text, in its unit.
    contradicted (Action): Of one that says the other direction and nowhere the right
        one.
    unmarked (Action): Of one with a name that is no entity of its label.
    """
    reader = _Reader(context.pack.domain.lang, context.language)
    actions: dict[str, Action] = {
        "fact_lost": missing,
        "fact_contradicted": contradicted,
        "fact_unmarked": unmarked,
    }
    counts: Counter[tuple[str, str]] = Counter()
    for example in corpus:
        told = example.meta.get("facts") or {}
        if not told.get("event"):
            continue
        for kept in reader.compare(example, Facts.model_validate(told)):
            counts[kept.sort, kept.reason] += 1
            if kept.reason:
                yield Finding(
                    ids=(example.id,),
                    severity="error",
                    reason=kept.reason,
                    detail=f"{kept.sort} {kept.detail}",
                    value=1,
                    action=actions[kept.reason],
                )
    whole = counts.total()
    right = sum(n for (_, reason), n in counts.items() if not reason)
    yield Measure(
        name="facts_kept",
        value=right / whole if whole else None,
        detail=f"{right} of {whole} facts are told as they are",
        rows=[
            {"fact": sort, "told": reason.removeprefix("fact_") or "kept", "count": n}
            for (sort, reason), n in sorted(counts.items())
        ],
    )


class _Reader:
    def __init__(self, lang: str, language: LanguageData) -> None:
        self.lang = lang
        self.words = language.figures
        self.inflections = language.inflections
        self.vocabulary = make_vocabulary(lang, self.words, language.amounts)
        self.forms = [*language.dates, *language.dates_read]
        self.directions = Directions(language.directions, lang)

    def compare(self, example: Example, facts: Facts) -> Iterator[Kept]:
        text = example.text
        places: dict[str, list[int]] = {}
        for key, term in facts.entities.items():
            places[key], marked = find_name(example, term, self.inflections)
            reason: Reason = "" if marked else "fact_unmarked"
            detail = f"{key} {term.text!r}"
            yield Kept("name", reason if places[key] else "fact_lost", detail)
        figures = list(find_figures(text, self.vocabulary, self.words))
        for key, number in facts.numbers.items():
            places[key] = self._find_amount(number, text, figures)
            detail = f"{key} {number.text or f'{number.value} {number.unit}'.strip()!r}"
            yield Kept("amount", "" if places[key] else "fact_lost", detail)
        for key, day in facts.dates.items():
            kept = says_date(text, day, self.forms, self.lang, self.words.ordinals)
            yield Kept("date", "" if kept else "fact_lost", f"{key} {day}")
        falls = {f.start for f in figures if f.quantity.amount < 0}
        for key, way in facts.changes.items():
            if not places[key]:
                continue
            said = [self.directions.near(text, place) for place in places[key]]
            # "Kept" and "held" say too much else to speak against a change.
            moved = {"up", "down"} - {way}
            against = [words for words in said if moved & words.keys()]
            signed = way == "down" and bool(falls & set(places[key]))
            agrees = signed or any(way in words for words in said)
            detail = f"{key}: {way}"
            if against and not agrees:
                detail += f", not {', '.join(sorted(against[0].values()))!r}"
            contradicted = bool(against) and not agrees
            yield Kept("direction", "fact_contradicted" if contradicted else "", detail)

    def _find_amount(
        self, number: Amount, text: str, figures: Sequence[Figure]
    ) -> list[int]:
        place = text.find(number.text) if number.text else -1
        if place >= 0:
            return [place]
        wanted = read_amount(number.value, number.unit, self.vocabulary, self.words)
        return find_amount(wanted, text, figures)
