"""Regions and relations of Label Studio as mentions and links."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phantom.formats.base import Report
from phantom.formats.lines import whole
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.formats.units import UNITS, find_unit
from phantom.records import Example


@dataclass(frozen=True)
class Reading:
    """How to read a task.

    text (str): Key of its text, "" for the only one.
    default_relation (str): Label for relations without one.
    two (bool): A relation in both directions is two.
    unit (str): What offsets count; "" tells it from the words.
    """

    text: str
    default_relation: str
    two: bool
    unit: str = ""


def convert(
    task: Mapping[str, Any],
    result: list[dict[str, Any]],
    where: tuple[str, str, dict[str, Any]],
    reading: Reading,
    report: Report,
) -> Example:
    """One annotation of a task.

    where (Tuple): Id, place and `meta` of the example.
    """
    name, place, meta = where
    text = _find_text(task["data"], reading.text)
    named = task["data"].get("id")
    document = Document(named if isinstance(named, str) else name, text, place)
    document.meta = meta
    regions = [x for x in result if x.get("type") in ("labels", "hypertextlabels")]
    unit = _choose_unit(text, regions, reading.unit, report)
    keys: dict[str, list[str]] = {}
    for region in regions:
        value = region["value"]
        start = unit(text, whole(value.get("start"), "start"))
        end = unit(text, whole(value.get("end"), "end"))
        labels = value.get("labels") or value.get("hypertextlabels") or []
        if not labels:
            report.leave_out("region without a label", place)
        for label in labels:
            key = f"{region['id']} {label}"
            keys.setdefault(region["id"], []).append(key)
            ids = (region.get("meta") or {}).get("text") or []
            document.mentions.append(
                Mention(
                    key,
                    ((start, end),),
                    str(label),
                    text=value.get("text"),
                    id="|".join(map(str, ids)) or None,
                    place=place,
                )
            )
    for item in result:
        if item.get("type") == "relation":
            document.links += _relate(item, keys, reading, place, report)
        elif item not in regions:
            report.leave_out(f"{item.get('type')} region", place)
    return to_example(document, report)


def _relate(
    item: Mapping[str, Any],
    keys: Mapping[str, list[str]],
    reading: Reading,
    place: str,
    report: Report,
) -> Iterator[Link]:
    labels = item.get("labels") or [x for x in [reading.default_relation] if x]
    if not labels:
        report.leave_out("relation without a label", place)
    ends = [keys.get(item[x], [item[x]])[0] for x in ("from_id", "to_id")]
    direction = item.get("direction") or "right"
    if direction == "left":
        ends.reverse()
    for label in labels:
        yield Link(ends[0], ends[1], str(label), place)
        if direction == "bi" and reading.two:
            yield Link(ends[1], ends[0], str(label), place)


def _choose_unit(
    text: str, regions: list[dict[str, Any]], unit: str, report: Report
) -> Callable[[str, int], int]:
    if unit:
        return UNITS[unit]
    marks = [
        (x["value"]["start"], x["value"]["end"], x["value"].get("text"))
        for x in regions
    ]
    name = find_unit(text, marks, ("characters", "UTF-16"))
    if name != "characters":
        report.note(f"offsets count {name} units")
    return UNITS[name]


def _find_text(data: Mapping[str, Any], key: str) -> str:
    given = [key] if key else [x for x in ("text", "data") if x in data]
    given = given or [k for k, v in data.items() if isinstance(v, str)]
    if len(given) != 1 or not isinstance(data.get(given[0]), str):
        raise ValueError(
            f"which key of `data` is the text? It has {', '.join(data)}; name it with "
            "the setting `text`"
        )
    return str(data[given[0]])
