"""What all formats share: their files, what they leave out, how they are called."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import ValidationError

from phantom.records import Example
from phantom.registry import phantom_registry

MadeT = TypeVar("MadeT")
SHOWN = 10


class Files(dict[str, Path]):
    """The files of one data set by their role, such as "text" or "annotation"."""

    def pick(self, role: str) -> Path:
        """The file of a role; a single file needs none.

        RAISES: ValueError that names the roles that are there.
        """
        if role in self:
            return self[role]
        if len(self) == 1:
            return next(iter(self.values()))
        raise ValueError(
            f"no file with the role {role!r} among {', '.join(self) or 'no files'}; "
            "name it under `files`"
        )


@dataclass
class Report:
    """What became of a file.

    read (int): Records that became examples.
    left_out (Counter[str]): What the format could not carry over, by reason.
    places (Dict[str, List[str]]): The first places of each reason, as `path:line`.
    broken (List[str]): Records that are wrong, as `path:line: what`; all of them.
    notes (List[str]): What was decided for the whole file.
    """

    read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def leave_out(self, reason: str, place: str, count: int = 1) -> None:
        """Count something that is not carried over, by rule."""
        if not count:
            return
        self.left_out[reason] += count
        places = self.places.setdefault(reason, [])
        if len(places) < SHOWN:
            places.append(place)

    def fail(self, place: str, error: object) -> None:
        """Note a record that is wrong; the ones after it are read.

        place (str): `path:line`; an error that begins with the path tells its own.
        """
        own = str(error).startswith(place.rpartition(":")[0] + ":")
        self.broken.append(str(error) if own else f"{place}: {error}")

    def note(self, text: str) -> None:
        """Note a decision, once."""
        if text not in self.notes:
            self.notes.append(text)

    def attempt(
        self, place: str, make: Callable[..., MadeT], *args: Any, **kwargs: Any
    ) -> MadeT | None:
        """Call and return the result; if that fails, it is noted, with None.

        Foreign files hold what nobody foresaw, so that errors of type count too.
        """
        try:
            return make(*args, **kwargs)
        except ValidationError as error:
            self.fail(place, "; ".join(str(x["msg"]) for x in error.errors()))
        except ValueError as error:
            self.fail(place, error)
        except KeyError as error:
            self.fail(place, f"no key {error}")
        except (TypeError, AttributeError, IndexError) as error:
            self.fail(place, f"not as this format has it ({error})")
        return None

    def lines(self) -> list[str]:
        """For people: notes, what was left out with first places, what is wrong."""
        found = list(self.notes)
        for reason, count in self.left_out.most_common():
            places = self.places.get(reason, [])
            more = ", ..." if count > 3 else ""
            where = f" ({', '.join(places[:3])}{more})" if places else ""
            found.append(f"left out: {count:,} x {reason}{where}")
        found += [f"wrong: {line}" for line in self.broken[:SHOWN]]
        if len(self.broken) > SHOWN:
            found.append(f"wrong: {len(self.broken) - SHOWN:,} more")
        return found


class Format(ABC):
    """A foreign form of annotated text. Settings are fields of the class.

    roles (Tuple[str, ...]): Files that it needs, by name.
    optional (Tuple[str, ...]): Files that it can use.
    holds (FrozenSet[str]): What it can write beside text, entities and relations:
        "concepts", "provenance", "meta" (all of it) or keys such as "meta.pmid".
    """

    roles: ClassVar[tuple[str, ...]] = ("file",)
    optional: ClassVar[tuple[str, ...]] = ()
    holds: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        """Stream the examples of these files.

        prefix (str): Ids begin with it where the source has none.
        report (Report): Told what is left out and what is wrong.
        RAISES: ValueError with `path:line` if the file as a whole is of another form.
        """

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        """Write examples to a file, or a folder if the format has several files.

        RETURNS (int): The number of records.
        """
        raise ValueError(f"{type(self).__name__} can be read, not written")

    @classmethod
    def can_write(cls) -> bool:
        """Whether it has a `write` of its own."""
        return cls.write is not Format.write

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        """Whether a line of JSON is a record of this format."""
        return False

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        """Whether a file or folder that is no JSON is of this format.

        head (str): The beginning of a text file; "" for anything else.
        """
        return False


def prefixed(prefix: str, name: str) -> str:
    """A name of the source as an id; without a prefix it stays as it is."""
    return f"{prefix}-{name}" if prefix else name


def make_format(name: str, settings: Mapping[str, Any], where: str = "") -> Format:
    """The format of a name with its settings.

    RAISES: ValueError that lists names or settings.
    """
    catalogue = phantom_registry.phantom_formats
    made: Format = catalogue.get(name, where)(
        **catalogue.check(name, settings, where or name)
    )
    return made


def read_format(
    name: str,
    files: Mapping[str, Path],
    prefix: str,
    report: Report,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Example]:
    """Stream the examples of files in a format.

    RAISES: ValueError if a file is missing, or nothing could be read: then with what
        was wrong.
    """
    reader = make_format(name, settings or {})
    given = Files(files)
    if len(given) > 1 or len(reader.roles) > 1:
        missing = [role for role in reader.roles if role not in given]
        unknown = given.keys() - {*reader.roles, *reader.optional}
        if missing or unknown:
            raise ValueError(
                f"{name}: files {', '.join(given)}; expected {', '.join(reader.roles)}"
                + (f", or also {', '.join(reader.optional)}" if reader.optional else "")
            )
    mentions = 0
    for example in reader.read(given, prefix, report):
        report.read += 1
        mentions += len(example.entities)
        yield example
    paths = ", ".join(map(str, given.values()))
    if report.read and not mentions:
        report.note(f"{paths}: no mention in any of the {report.read:,} records")
    if not report.read:
        lines = report.lines() or ["no record of this format is in it"]
        raise ValueError("\n".join([f"{paths}: nothing was read as {name}", *lines]))


def recognise_format(record: Mapping[str, Any]) -> str | None:
    """The format that a line of JSON is in, if one knows it."""
    formats = phantom_registry.phantom_formats.get_all()
    return next((x for x, kind in formats.items() if kind.recognise(record)), None)
