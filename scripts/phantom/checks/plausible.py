"""Whether a patient of a passage can be, by the pack's model of patients."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from phantom.checks.engine.base import Action, CheckSkipped, Finding, Measure
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.groups import find_groups
from phantom.checks.models.doses import DoseReader
from phantom.packs.language_words import PeopleWords
from phantom.passages.mentioned import name_key
from phantom.passages.people import find_age, holds_word
from phantom.planning.scenarios.patients.rows import OLDEST, Contraindication
from phantom.planning.scenarios.patients.tables import PatientTables, Person
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("plausible")
def plausible(
    corpus: Corpus,
    context: CheckContext,
    *,
    folder: str = "scenarios/patients",
    given: Sequence[str] = (),
    caused: Sequence[str] = (),
    action: Action = "review",
) -> Iterator[Finding | Measure]:
    """A patient's age, sex, other disease or dose does not fit the pack's tables.

    Names that no table has, and passages without one patient's age, are passed over;
    so are those with words that deny, withhold or warn, and doses by weight.

    folder (str): Of the pack, with the tables; see docs/scenarios.md.
    given (Sequence[str]): Relations from a drug to what it is given for.
    caused (Sequence[str]): Relations from a drug to what it brought about.
    action (Action): What becomes of such passages.
    """
    if not (context.pack.path / folder).is_dir():
        raise CheckSkipped(f"the pack has no model of patients ({folder})")
    reader = _Reader(context, folder, given, caused)
    groups = find_groups(corpus, context)
    counts: Counter[tuple[str, bool]] = Counter()
    for example in corpus:
        sexes = groups.get(example.id, {}).get("sex", set())
        sex = next(iter(sexes)) if len(sexes) == 1 else ""
        for said in reader.compare(example, sex):
            counts[said.sort, not said.fault] += 1
            if said.fault:
                yield Finding(
                    ids=(example.id,),
                    severity="warning",
                    reason=f"implausible_{said.sort}",
                    detail=said.fault,
                    value=1,
                    action=action,
                )
    right = sum(n for (_, fine), n in counts.items() if fine)
    whole = counts.total()
    yield Measure(
        name="plausible",
        value=right / whole if whole else None,
        detail=f"{right} of {whole} statements that the tables can judge fit them",
        rows=[
            {"statement": sort, "fits": fine, "count": n}
            for (sort, fine), n in sorted(counts.items())
        ],
    )


class Said(NamedTuple):
    """One statement that the tables can judge.

    sort (str): age, sex, drug or dose. fault (str): Why it can't be, or "".
    """

    sort: str
    fault: str


class _Reader:
    def __init__(
        self,
        context: CheckContext,
        folder: str,
        given: Sequence[str],
        caused: Sequence[str],
    ) -> None:
        self.tables = PatientTables(context.pack.path / folder)
        self.given, self.caused = set(given), set(caused)
        self.words: PeopleWords = context.language.people
        self.doses = DoseReader(context.pack.domain.lang, context.language)
        key = partial(name_key, inflections=context.language.inflections)
        self.key = key
        self.diseases = {
            key(form): name
            for name, rows in self.tables.diseases.items()
            for form in (name, *(form for row in rows for form in row.forms))
        }
        self.drugs = {
            key(form): name
            for name, drug in self.tables.drugs.items()
            for form in (name, *drug.forms)
        }

    def compare(self, example: Example, sex: str) -> Iterator[Said]:
        if holds_word(example.text, self.words.apart):
            return
        age = find_age(example.text, self.words.ages)
        keys = [self.key(entity.text) for entity in example.entities]
        diseases = {
            i: self.diseases[k] for i, k in enumerate(keys) if k in self.diseases
        }
        drugs = {i: self.drugs[k] for i, k in enumerate(keys) if k in self.drugs}
        if age is not None:
            for disease in dict.fromkeys(diseases.values()):
                yield from self._can_have(disease, age, sex)
        for drug in dict.fromkeys(drugs.values()):
            own = {i for i, name in drugs.items() if name == drug}
            yield from self._can_take(example, drug, own, diseases, age, sex)
        if age is None or age >= self.words.adult:
            for i, name in drugs.items():
                said = self.doses.compare(example, i, self.tables.drugs[name])
                if said is not None:
                    yield Said("dose", said)

    def _can_have(self, disease: str, age: int, sex: str) -> Iterator[Said]:
        rows = self.tables.diseases[disease]
        ages = [row for row in rows if row.sex in ("any", sex or row.sex)]
        if sex:
            fault = "" if ages else f"{disease} in a {sex} patient"
            yield Said("sex", fault)
        if ages:
            fits = any(row.age_from <= age <= row.age_to for row in ages)
            yield Said("age", "" if fits else f"{disease} at the age of {age}")

    def _can_take(
        self,
        example: Example,
        drug: str,
        own: set[int],
        diseases: dict[int, str],
        age: int | None,
        sex: str,
    ) -> Iterator[Said]:
        links = [r for r in example.relations if r.head in own]
        treated = {diseases.get(r.tail, "") for r in links if r.label in self.given}
        if not treated:
            return
        brought = {r.tail for r in links if r.label in self.caused}
        others = {name for i, name in diseases.items() if i not in brought}
        # What patients have beside is told of one patient, with an age.
        has = treated | (others if age is not None else set())
        person = Person(sex, OLDEST if age is None else age)
        rows = [
            row
            for row in self.tables.reasons_against(drug, person, has)
            if _is_known(row, age, sex)
        ]
        fault = f"{drug} given to {_describe(rows[0], age)}" if rows else ""
        yield Said("drug", fault)


def _is_known(row: Contraindication, age: int | None, sex: str) -> bool:
    aged = row.age_from > 0 or row.age_to < OLDEST
    return (row.sex == "any" or bool(sex)) and (not aged or age is not None)


def _describe(row: Contraindication, age: int | None) -> str:
    parts: list[str] = [row.sex] if row.sex != "any" else []
    parts += ["patient"]
    parts += [f"aged {age}"] if row.age_from > 0 or row.age_to < OLDEST else []
    parts += [f"with {row.disease}"] if row.disease else []
    return f"a {' '.join(parts)}"
