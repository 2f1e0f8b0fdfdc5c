"""From gold data, predictions and training text to a diagnosis."""

from collections.abc import Iterator, Sequence

from phantom.evaluation.baselines import training_surfaces
from phantom.evaluation.cases import Case, mentions_of
from phantom.evaluation.diagnosis.cells import find_weaknesses
from phantom.evaluation.diagnosis.clusters import cluster_mistakes
from phantom.evaluation.diagnosis.counts import count_confusion, count_outcomes
from phantom.evaluation.diagnosis.forms import Forms, passage_facets
from phantom.evaluation.diagnosis.mentions import compare_mentions
from phantom.evaluation.diagnosis.records import (
    Counts,
    Diagnosis,
    Item,
    Mistake,
    Passage,
)
from phantom.evaluation.diagnosis.relations import Cues, Link, compare_relations
from phantom.evaluation.diagnosis.slices import make_slices
from phantom.evaluation.diagnosis.support import Training, WordEncoder
from phantom.evaluation.metrics import Triple
from phantom.evaluation.relation_task import RelationTask
from phantom.evaluation.types import Mention
from phantom.packs.benchmarks import Dataset
from phantom.packs.language import LanguageData, stop_words
from phantom.packs.pack import Pack
from phantom.records import Example, Origin

_WIDTH: tuple[Origin, ...] = ("synthetic", "public", "private")


class Diagnoser:
    """Diagnoses the predictions on one split.

    pack (Pack): Its relations, attributes and rules.
    dataset (Dataset): What of the split is annotated.
    training (Sequence[Example]): Text that the pipeline was trained on; may be empty.
    encoder (Optional[WordEncoder]): For the nearest training text; None leaves it out.
    RAISES: ValueError if the split has neither entities nor relations annotated.
    """

    def __init__(
        self,
        pack: Pack,
        dataset: Dataset,
        language: LanguageData,
        training: Sequence[Example],
        encoder: WordEncoder | None = None,
    ) -> None:
        if not {"entities", "relations"} & set(dataset.tasks):
            raise ValueError(
                f"{dataset.title}: diagnose needs marked entities or relations, but "
                f"this has {', '.join(dataset.tasks)}; take other data"
            )
        self.pack, self.dataset, self.language = pack, dataset, language
        self.encoder = encoder
        self.lang = pack.domain.lang
        self.stops = stop_words(self.lang)
        self.labels = set(dataset.scored_labels()) or set(pack.labels)
        self.task = RelationTask(dataset, pack.relations)
        self.training = [self._rename(x) for x in training]

    def __call__(self, cases: Sequence[Case], source: str) -> Diagnosis:
        """Diagnose the predictions of cases as `make_cases` gives them."""
        missing = sum(case.prediction.missing for case in cases)
        cases = [case for case in cases if not case.prediction.missing]
        examples = [case.example for case in cases]
        forms = self._make_forms(examples)
        cues = self._make_cues(examples)
        mistakes: list[Mistake] = []
        items: list[Item] = []
        for i, case in enumerate(cases):
            found, triples = case.prediction.entities, self._triples(case)[1]
            items += self._compare(
                i, case.example, found, triples, forms, cues, mistakes
            )
        clusters = cluster_mistakes(mistakes)
        notes = [f"{missing:,} texts had no prediction and are left out"] * bool(
            missing
        )
        if self.encoder and self.training and clusters:
            near = Training(self.training, self.encoder, self.stops)
            clusters = near.explain(clusters, mistakes, examples)
            if near.size < near.of:
                notes.append(
                    f"the nearest training places are of {near.size:,} of "
                    f"{near.of:,} passages, evenly spread"
                )
        elif not self.training:
            notes.append("no training text at hand: what it lacks is not told")
        taught = list(self._training_items(forms, cues))
        numbers = {m.example for m in mistakes}
        place = {old: new for new, old in enumerate(sorted(numbers))}
        return Diagnosis(
            domain=self.pack.name,
            source=source,
            origin=max((x.origin for x in examples), key=_WIDTH.index),
            passages=len(examples),
            families={
                name: (sum(bool(x.mistakes) for x in group), len(group))
                for name, group in _by_family(items).items()
            },
            ours={x: list(e.ours) for x, e in self.dataset.relations.items()},
            confusion=count_confusion(cases, mistakes, "mentions"),
            relation_confusion=count_confusion(cases, mistakes, "relations"),
            weaknesses=find_weaknesses(items, taught, mistakes),
            slices=make_slices(items, taught, mistakes),
            clusters=clusters,
            mistakes=[
                m.model_copy(update={"example": place[m.example]}) for m in mistakes
            ],
            texts=[self._show(cases[i]) for i in sorted(numbers)],
            counts={case.example.id: self._count(case) for case in cases},
            notes=notes,
        )

    def _rename(self, example: Example) -> Example:
        """A training text with its relations by the names that the split has."""
        if "relations" not in self.dataset.tasks:
            return example
        named = tuple(
            relation.model_copy(update={"label": name})
            for relation in example.relations
            for name in self.task.names.get(relation.label, ())
        )
        return example.model_copy(update={"relations": named})

    def _make_forms(self, examples: Sequence[Example]) -> Forms:
        texts = (x.text for group in (examples, self.training) for x in group)
        return Forms(self.pack, self.language, texts, training_surfaces(self.training))

    def _make_cues(self, examples: Sequence[Example]) -> Cues:
        related = (
            (x.text, Link(_span(x, r.head), _span(x, r.tail), r.label))
            for group in (examples, self.training)
            for x in group
            for r in x.relations
        )
        return Cues(related, self.stops)

    def _compare(
        self,
        number: int,
        example: Example,
        entities: Sequence[Mention],
        triples: set,
        forms: Forms,
        cues: Cues,
        mistakes: list[Mistake],
    ) -> Iterator[Item]:
        passage = passage_facets(self.pack, example)
        if "entities" in self.dataset.tasks:
            gold, found = (
                [m for m in mentions if m[2] in self.labels]
                for mentions in (mentions_of(example), entities)
            )
            text = example.text
            yield from compare_mentions(
                number,
                gold,
                found,
                lambda mentions, i: forms.of(text, mentions, i),
                passage,
                mistakes,
            )
        if "relations" in self.dataset.tasks:
            yield from compare_relations(
                number, example, triples, self.task, cues, passage, mistakes, self.lang
            )

    def _training_items(self, forms: Forms, cues: Cues) -> Iterator[Item]:
        """The training text as if all of it was found; texts fed twice count once."""
        seen: set[str] = set()
        nothing: list[Mistake] = []
        for example in self.training:
            if example.text in seen:
                continue
            seen.add(example.text)
            right = self.task.gold(example)
            yield from self._compare(
                0, example, mentions_of(example), right, forms, cues, nothing
            )

    def _count(self, case: Case) -> Counts:
        unit = (case.example.derived_from or (case.example.id,))[0]
        gold, found = mentions_of(case.example), case.prediction.entities
        mentions = [{m for m in side if m[2] in self.labels} for side in (gold, found)]
        if "entities" not in self.dataset.tasks:
            mentions = [set(), set()]
        return Counts(
            unit=unit,
            mentions=count_outcomes(*mentions),
            relations=count_outcomes(*self._triples(case)),
        )

    def _triples(self, case: Case) -> tuple[set[Triple], set[Triple]]:
        """Gold relations, and those predicted between the gold mentions."""
        if "relations" not in self.dataset.tasks:
            return set(), set()
        given = case.prediction.given[:1]
        found = self.task.from_links(given[0]) if given else set()
        return self.task.gold(case.example), found

    def _show(self, case: Case) -> Passage:
        links = [
            sorted((*h, *t, label) for h, label, t in triples)  # type: ignore[misc]
            for triples in self._triples(case)
        ]
        return Passage(
            id=case.example.id,
            text=case.example.text,
            gold=mentions_of(case.example),
            predicted=sorted(case.prediction.entities),
            gold_relations=links[0],
            predicted_relations=links[1],
        )


def _by_family(items: Sequence[Item]) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.family, []).append(item)
    return groups


def _span(example: Example, place: int) -> tuple[int, int]:
    entity = example.entities[place]
    return entity.start, entity.end
