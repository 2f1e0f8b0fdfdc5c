"""Label Studio's JSON: tasks with annotations, or what it takes to begin with."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.beside import BESIDE, Mark, all_ties, read_beside
from phantom.formats.lines import write_lines
from phantom.formats.regions import Reading, convert
from phantom.jsonl import load_json
from phantom.records import Example
from phantom.registry import phantom_registry

FROM, TO, CONTROL = "text", "text", "label"


@phantom_registry.phantom_formats("label_studio")
@dataclass(frozen=True, kw_only=True)
class LabelStudio(Format):
    """Label Studio's full JSON; JSON_MIN, CSV and CONLL exports lose relations.

    Each annotation makes an example, so that several annotators stay apart. A region
    with several labels is as many mentions at one place. A relation to the left has
    its ends exchanged. Offsets in UTF-16 (older releases) are told from the words of
    the regions. Writes tasks for import.

    text (str): Key of the task's data that holds the text; "" takes the only string.
    predictions (bool): Read predictions, too.
    cancelled (bool): Read annotations that were cancelled, too.
    default_relation (str): Label for relations without one; "" leaves them out.
    unit (str): What offsets count, "characters" or "UTF-16"; "" tells by the words.
    both (str): What a relation in both directions becomes: "one" relation, or "two".
    """

    text: str = ""
    predictions: bool = False
    cancelled: bool = False
    default_relation: str = ""
    unit: Literal["", "characters", "UTF-16"] = ""
    both: Literal["one", "two"] = "two"
    roles: ClassVar[tuple[str, ...]] = ("json",)
    holds: ClassVar[frozenset[str]] = frozenset(
        {"concepts", "meta.task", "meta.completed_by", f"meta.{BESIDE}"}
    )

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("json")
        reading = Reading(
            self.text, self.default_relation, self.both == "two", self.unit
        )
        for i, task in enumerate(_load(path)):
            place = f"{path}: task {i + 1}"
            found = report.attempt(place, self._list, task, place, report)
            for number, (suffix, result, meta) in enumerate(found or [], start=1):
                name = str(task.get("id", i + 1)) + suffix
                example = report.attempt(
                    f"{place}, annotation {number}",
                    convert,
                    task,
                    result,
                    (prefixed(prefix, name), place, meta),
                    reading,
                    report,
                )
                if example:
                    yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        count = 0

        def lines() -> Iterator[str]:
            nonlocal count
            for example in examples:
                count += 1
                task = json.dumps(render(example, report), ensure_ascii=False)
                yield f"{'[' if count == 1 else ','}\n{task}"
            yield "\n]\n" if count else "[]\n"

        write_lines(path, lines())
        return count

    def _list(
        self, task: Mapping[str, Any], place: str, report: Report
    ) -> list[tuple[str, list[dict[str, Any]], dict[str, Any]]]:
        """What of a task is read: suffix of the id, regions and relations, `meta`."""
        if "data" not in task:
            raise ValueError(
                f"no `data`; it has {', '.join(task)}. Export as JSON, not as "
                "JSON_MIN, which loses relations"
            )
        found = []
        for item in task.get("annotations", task.get("completions")) or []:
            if item.get("was_cancelled") and not self.cancelled:
                report.leave_out("cancelled annotation", place)
                continue
            meta = {
                "task": task.get("id"),
                "completed_by": _who(item.get("completed_by")),
            }
            meta = {key: value for key, value in meta.items() if value is not None}
            found.append(("", item.get("result") or [], meta))
        for item in task.get("predictions") or []:
            if self.predictions:
                meta = {"model_version": item.get("model_version") or "unknown"}
                found.append(("-prediction", item.get("result") or [], meta))
            else:
                report.leave_out("prediction", place)
        if not found:
            report.leave_out("task without an annotation", place)
        several = len(found) > 1
        return [
            (f"{suffix}-{i}" if several else suffix, result, meta)
            for i, (suffix, result, meta) in enumerate(found, start=1)
        ]

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        return "data" in record and bool({"annotations", "predictions"} & record.keys())


def _who(value: Any) -> Any:
    return value.get("id", value.get("email")) if isinstance(value, dict) else value


def _load(path: Path) -> list[dict[str, Any]]:
    data = load_json(path)
    if not isinstance(data, list) or not all(isinstance(x, dict) for x in data):
        raise ValueError(f"{path}:1: expected a list of tasks")
    return data


def render(example: Example, report: Report) -> dict[str, Any]:
    """A task with one annotation, in the names of Label Studio's own templates."""
    result: list[dict[str, Any]] = []
    beside, ties = read_beside(example, report)
    marks = [
        Mark(f"m{i}", ((x.start, x.end),), x.label, x.id)
        for i, x in enumerate(example.entities)
    ]
    keys: dict[str | int, str] = {i: f"m{i}" for i in range(len(marks))}
    for i, mark in enumerate(beside):
        if len(mark.pieces) == 1:
            keys[mark.key] = f"b{i}"
            marks.append(replace(mark, key=f"b{i}"))
        else:
            report.leave_out("mention in pieces", example.id)
    for mark in marks:
        ((start, end),) = mark.pieces
        region: dict[str, Any] = {
            "id": mark.key,
            "from_name": CONTROL,
            "to_name": TO,
            "type": "labels",
            "value": {
                "start": start,
                "end": end,
                "text": example.text[start:end],
                "labels": [mark.label],
            },
        }
        if mark.id:
            region["meta"] = {"text": mark.id.split("|")}
        result.append(region)
    for link in all_ties(example.relations, ties):
        if link.head in keys and link.tail in keys:
            result.append(
                {
                    "type": "relation",
                    "from_id": keys[link.head],
                    "to_id": keys[link.tail],
                    "direction": "right",
                    "labels": [link.label],
                }
            )
        else:
            report.leave_out("relation of a mention in pieces", example.id)
    annotation: dict[str, Any] = {"result": result}
    if "completed_by" in example.meta:
        annotation["completed_by"] = example.meta["completed_by"]
    task: dict[str, Any] = {"data": {"text": example.text, "id": example.id}}
    if "task" in example.meta:
        task["id"] = example.meta["task"]
    return {**task, "annotations": [annotation]}
