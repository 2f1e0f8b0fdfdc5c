"""Whether an annotation may be saved: what the page checks live is checked again."""

from collections.abc import Callable, Mapping
from typing import Any

from phantom.packs.domain import Label, RelationRule
from phantom.records import Record
from phantom.review.records import Annotation

Bounds = list[tuple[int, int]]


class Problem(Record):
    """What is wrong. at ("entity" or "relation"), index (int): With which of them.

    severity ("error" or "warning"): An error keeps the annotation from being saved.
    """

    code: str
    at: str
    index: int
    detail: str
    severity: str = "error"


class Schema:
    """What the labels and relations of a domain allow.

    token_bounds (Callable[[str], Bounds]): Start and end of each token of a text, in
        characters.
    """

    def __init__(
        self,
        labels: Mapping[str, Label],
        relations: Mapping[str, RelationRule],
        token_bounds: Callable[[str], Bounds],
    ) -> None:
        self.labels = labels
        self.relations = relations
        self.token_bounds = token_bounds

    def allowed(self, label: str, head: str, tail: str) -> bool:
        """Whether a relation may join two entity labels; symmetric ones either way."""
        rule = self.relations.get(label)
        return rule is not None and (
            rule.allows(head, tail) or (rule.symmetric and rule.allows(tail, head))
        )

    def describe(self) -> dict[str, Any]:
        """Labels and relations as the page needs them."""
        return {
            "labels": [
                {"name": name, "definition": label.definition}
                for name, label in self.labels.items()
            ],
            "relations": [
                {
                    "name": name,
                    "definition": rule.definition,
                    "symmetric": rule.symmetric,
                    "pairs": [
                        [head, tail]
                        for head in self.labels
                        for tail in self.labels
                        if self.allowed(name, head, tail)
                    ],
                }
                for name, rule in self.relations.items()
            ],
        }

    def find_problems(self, text: str, annotation: Annotation) -> list[Problem]:
        """What is wrong with an annotation of a text; empty if nothing is."""
        return [*self._entities(text, annotation), *self._relations(annotation)]

    def _entities(self, text: str, annotation: Annotation) -> list[Problem]:
        found = []
        bounds = self.token_bounds(text)
        starts, ends = {start for start, _ in bounds}, {end for _, end in bounds}
        covered: list[tuple[int, int]] = []
        for i, entity in enumerate(annotation.entities):
            start, end = entity.start, entity.end
            at = f"{start} to {end}"

            def add(
                code: str, detail: str, severity: str = "error", i: int = i
            ) -> None:
                found.append(
                    Problem(
                        code=code,
                        at="entity",
                        index=i,
                        detail=detail,
                        severity=severity,
                    )
                )

            if not start < end <= len(text):
                add("bounds", f"{at} leaves the text of {len(text)} characters")
            elif text[start:end] != entity.text:
                add("text", f"{at} reads {text[start:end]!r}, not {entity.text!r}")
            elif text[start:end] != text[start:end].strip():
                add("space", f"{text[start:end]!r} begins or ends with white space")
            elif start not in starts or end not in ends:
                detail = f"{text[start:end]!r} does not end on token bounds"
                add("tokens", f"{detail}; training will leave it out", "warning")
            if entity.label not in self.labels:
                add("label", f"{entity.label!r} is no label of the domain")
            if any(start < other_end and other < end for other, other_end in covered):
                add("overlap", f"{at} overlaps another mention")
            covered.append((start, end))
        return found

    def _relations(self, annotation: Annotation) -> list[Problem]:
        found = []
        seen: set[tuple[int, int, str]] = set()
        entities = annotation.entities
        for i, relation in enumerate(annotation.relations):
            head, tail, label = relation.head, relation.tail, relation.label
            rule = self.relations.get(label)
            key = (head, tail, label)
            if rule is not None and rule.symmetric:
                key = (min(head, tail), max(head, tail), label)
            problem = None
            if rule is None:
                problem = ("label", f"{label!r} is no relation of the domain")
            elif head == tail:
                problem = ("self", f"{label} joins a mention with itself")
            elif not self.allowed(label, entities[head].label, entities[tail].label):
                pair = f"{entities[head].label} and {entities[tail].label}"
                problem = ("types", f"{label} may not join {pair}")
            elif key in seen:
                problem = ("twice", f"duplicate {label}")
            seen.add(key)
            if problem:
                code, detail = problem
                found.append(Problem(code=code, at="relation", index=i, detail=detail))
        return found
