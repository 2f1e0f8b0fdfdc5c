"""From one format to another: which they are, what is lost on the way."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phantom.formats.base import Format, Report, make_format, read_format
from phantom.formats.beside import BESIDE
from phantom.jsonl import load_json, open_text
from phantom.records import Example, Origin
from phantom.registry import phantom_registry

HEAD = 65536
# Suffixes that only one of the formats has.
TARGETS = {
    ".spacy": "docbin",
    ".conll": "conll",
    ".iob2": "conll",
    ".pubtator": "pubtator",
}
SIDES = ("from", "to")


@dataclass
class Side:
    """Where records come from, or go to. format (str): Its name in the catalogue."""

    path: Path
    format: str
    settings: dict[str, Any] = field(default_factory=dict)
    report: Report = field(default_factory=Report)


def exchange(
    source: Side, target: Side, origin: Origin = "private", skip: bool = False
) -> int:
    """Read all records of one side and write them to the other, whole or not at all.

    origin (str): Whose text it is, unless a record says so; "synthetic" says nothing.
    skip (bool): Leave records that are wrong out, instead of ending with them.
    RETURNS (int): The number of records written; the reports say the rest.
    RAISES: ValueError with each record that is wrong, by `path:line`.
    """
    path = target.path
    if path.is_dir() and any(path.iterdir()):
        raise ValueError(f"{path}: there are files in it; name another folder")
    if path.resolve() == source.path.resolve():
        raise ValueError(f"{path}: is the input, too; name another output")
    writer = make_format(target.format, target.settings)
    if not writer.can_write():
        raise ValueError(f"{target.format} can be read, not written")
    temporary = path.with_name(f"{path.stem}.part{path.suffix}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        examples = read_format(
            source.format, {"file": source.path}, "", source.report, source.settings
        )
        if origin != "synthetic" and "provenance" in writer.holds:
            name = source.path.stem
            examples = (x.from_people(origin, name) for x in examples)
        watched = count_losses(writer, examples, target.report)
        count = writer.write(watched, temporary, target.report)
        wrong = [*source.report.broken, *target.report.broken]
        if wrong and not skip:
            raise ValueError(
                f"{len(wrong):,} of {source.report.read + len(source.report.broken):,} "
                "records are wrong; nothing was written\n" + "\n".join(wrong)
            )
        if path.is_dir():
            path.rmdir()
        temporary.replace(path)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
        else:
            temporary.unlink(missing_ok=True)
    return count


def count_losses(
    writer: Format, examples: Iterable[Example], report: Report
) -> Iterator[Example]:
    """Hand on examples; count what beside text, mentions and relations can't be said.

    What a format itself leaves out, such as relations, it counts as it writes.
    """
    holds = writer.holds
    for example in examples:
        said = example if "nominal" in holds else example.named()
        parts = {
            "concept of a mention": sum(bool(x.id) for x in example.entities)
            if "concepts" not in holds
            else 0,
            "name or group of a mention": sum(
                x.name is not None or x.group is not None for x in example.entities
            )
            if "names" not in holds
            else 0,
            "record before placeholders": example.orig is not None
            and "orig" not in holds,
            "mention without a name": len(example.entities) - len(said.entities),
            "relation of such a mention": len(example.relations) - len(said.relations),
            "provenance": "provenance" not in holds
            and bool(example.model or example.sources or example.derived_from),
        }
        for key in example.meta if "meta" not in holds else ():
            if f"meta.{key}" in holds:
                continue
            if key == BESIDE:
                beside = example.meta[key]
                parts["mention beside the entities"] = len(beside["mentions"])
                parts["relation of a mention beside the entities"] = len(
                    beside.get("relations", ())
                )
            else:
                parts[f"note {key!r}"] = 1
        for reason, count in parts.items():
            report.leave_out(reason, example.id, int(count))
        yield said


def guess_format(path: Path) -> str:
    """The format of a file or folder, by what is in it.

    RAISES: ValueError if none or several formats know it, with what to name.
    """
    if not path.exists():
        raise ValueError(f"{path}: no such file or folder")
    formats: dict[str, type[Format]] = phantom_registry.phantom_formats.get_all()
    head = _read_head(path)
    record = _first_record(path, head)
    found = [
        name
        for name, kind in formats.items()
        if kind.recognise_file(path, head)
        or (record is not None and kind.recognise(record))
    ]
    if len(found) == 1:
        return found[0]
    if not (any(path.iterdir()) if path.is_dir() else path.stat().st_size):
        raise ValueError(f"{path}: empty")
    several = f"could be {' or '.join(found)}" if found else "no format knows it"
    raise ValueError(
        f"{path}: {several}; name its format with --from (in the project: "
        f"--vars.from_format), one of: {', '.join(formats)}"
    )


def guess_target(path: Path) -> str:
    """The format of a file to be written, where its suffix is that of one alone.

    RAISES: ValueError with the formats that can be written.
    """
    if path.suffix.lower() in TARGETS:
        return TARGETS[path.suffix.lower()]
    formats: dict[str, type[Format]] = phantom_registry.phantom_formats.get_all()
    names = [name for name, kind in formats.items() if kind.can_write()]
    raise ValueError(
        f"{path}: which format shall it have? Name it with --to (in the project: "
        f"--vars.to_format), one of: {', '.join(names)}"
    )


def share_settings(
    given: Sequence[str], source: str, target: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings such as `spacing=split` for the formats that have them.

    given (Sequence[str]): `key=value`; `from.key=value` and `to.key=value` are for
        one of the two alone.
    RAISES: ValueError that lists the settings of both.
    """
    catalogue = phantom_registry.phantom_formats
    known = {
        side: set(catalogue.model(name).model_fields)
        for side, name in zip(SIDES, (source, target), strict=True)
    }
    shared: dict[str, dict[str, Any]] = {side: {} for side in SIDES}
    for item in given:
        key, equals, value = item.partition("=")
        side, dot, own = key.partition(".")
        wanted = [side] if dot else [x for x in SIDES if key in known[x]]
        if not equals or not wanted or wanted[0] not in known:
            lists = [
                f"{name} ({side}): {', '.join(sorted(known[side])) or 'none'}"
                for side, name in zip(SIDES, (source, target), strict=True)
            ]
            raise ValueError(f"--set {item}: no such setting; {'; '.join(lists)}")
        for one in wanted:
            shared[one][own if dot else key] = _parse(value)
    return shared["from"], shared["to"]


def _parse(value: str) -> Any:
    """A number, true, false or null as JSON has them, else the text as it is."""
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _read_head(path: Path) -> str:
    if path.is_dir():
        return ""
    try:
        with open_text(path) as file:
            return file.read(HEAD)
    except (ValueError, OSError):
        return ""


def _first_record(path: Path, head: str) -> Mapping[str, Any] | None:
    """The first object of JSON lines or of a list, or the object that a file is."""
    start = head.lstrip()
    if start[:1] not in ("[", "{"):
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(start.removeprefix("[").lstrip())
    except (json.JSONDecodeError, RecursionError):
        try:
            found = load_json(path)
        except ValueError:
            return None
        found = found[0] if isinstance(found, list) and found else found
    return found if isinstance(found, dict) else None
