"""Examples of a file by position or id, without holding them in memory."""

import json
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from phantom.records import Example

ExampleT = TypeVar("ExampleT", bound=Example)
# How lines begin that this project writes; any other line is parsed for its id.
_ID = re.compile(rb'\{"id":\s?"([^"\\]+)"')


class ExampleFile(Generic[ExampleT]):
    """A .jsonl file of examples: byte offsets and ids are known, the rest is read.

    path (Path): The file; it must not change while it is open.
    ids (List[str]): In the order of the file.
    RAISES: ValueError with `path:line` for a line without id, or an id that occurs
        twice.
    """

    def __init__(self, path: Path, record: type[ExampleT]) -> None:
        if path.suffix == ".gz":
            raise ValueError(f"{path}: unpack it first; lines are read by their offset")
        self.path = path
        self.record = record
        self.ids: list[str] = []
        self._offsets = array("q")
        self._places: dict[str, int] = {}
        offset = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.isspace():
                    self._add(offset, number, line)
                offset += len(line)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, example_id: str) -> bool:
        return example_id in self._places

    def __getitem__(self, example_id: str) -> ExampleT:
        """Read an example. RAISES: KeyError; ValueError if the line is none."""
        with self.path.open("rb") as file:
            file.seek(self._offsets[self._places[example_id]])
            return self._parse(file.readline(), example_id)

    def __iter__(self) -> Iterator[ExampleT]:
        with self.path.open("rb") as file:
            for line, example_id in zip(self._lines(file), self.ids, strict=True):
                yield self._parse(line, example_id)

    @staticmethod
    def _lines(file: Iterator[bytes]) -> Iterator[bytes]:
        return (line for line in file if not line.isspace())

    def _parse(self, line: bytes, example_id: str) -> ExampleT:
        try:
            return self.record.model_validate_json(line)
        except ValidationError as error:
            message = error.errors()[0]["msg"]
            raise ValueError(f"{self.path}: {example_id}: {message}") from None

    def _add(self, offset: int, number: int, line: bytes) -> None:
        found = _ID.match(line.removeprefix(b"\xef\xbb\xbf"))
        where = f"{self.path}:{number}"
        example_id = found[1].decode() if found else _read_id(line, where)
        if example_id in self._places:
            raise ValueError(
                f"{where}: id {example_id!r} occurs a second time; give every example "
                "its own"
            )
        self._places[example_id] = len(self.ids)
        self.ids.append(example_id)
        self._offsets.append(offset)


def _read_id(line: bytes, where: str) -> str:
    try:
        example_id = json.loads(line)["id"]
    except (ValueError, TypeError, KeyError):
        example_id = None
    if not isinstance(example_id, str) or not example_id:
        raise ValueError(f"{where}: no example: expected a JSON object with an id")
    return example_id
