"""Catalogues: what data files choose by name, and how its settings are read."""

import ast
import importlib
import inspect
import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import catalogue
import confection
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, create_model


class Entry(NamedTuple):
    """One choice of a data file: a registered name and checked settings."""

    name: str
    settings: dict[str, Any]


class Catalogue(catalogue.Registry):
    """Functions of one kind by name, imported when they are asked for.

    Built-in ones are found by the decorators in the source of the room, those of
    other packages by their entry points. Keyword-only arguments of a function are its
    settings; `data/<kind>.yml` in the room may hold defaults, in order.

    kind (str): "checks" makes `@phantom_registry.phantom_checks("NAME")` and the group
        `phantom_checks` of entry points.
    room (str): The package that is searched, such as "phantom.checks".
    """

    def __init__(self, kind: str, room: str) -> None:
        super().__init__(("phantom", kind))
        self.kind = kind
        self.room = room

    def __contains__(self, name: str) -> bool:
        return name in self.names()

    def names(self) -> list[str]:
        """All names in alphabetical order; nothing is imported for it."""
        space = tuple(self.namespace)
        made = {keys[-1] for keys in list(catalogue.REGISTRY) if keys[:-1] == space}
        return sorted(made | self.homes.keys() | self.outside.keys())

    def get(self, name: str, where: str = "") -> Any:
        """The function of a name, imported now. where (str): As `read` has it.

        RAISES: ValueError listing the names, or telling which package fails.
        """
        key = (*self.namespace, name)
        if name in self.outside:
            self._import_outside(name, where)
        elif key not in catalogue.REGISTRY and name in self.homes:
            importlib.import_module(self.homes[name])
        if key in catalogue.REGISTRY:
            return catalogue.REGISTRY[key]
        raise ValueError(f"{_at(where)}{self._unknown(name)}")

    def get_all(self) -> dict[str, Any]:
        """Every function by name, imported."""
        return {name: self.get(name) for name in self.names()}

    @cached_property
    def homes(self) -> dict[str, str]:
        """The module of each built-in name, read from the sources of the room."""
        return {
            name: ".".join((self.room, *path.relative_to(root).with_suffix("").parts))
            for root in self._folders()
            for path in sorted(root.rglob("*.py"))
            for name in _registered(path, self.entry_point_namespace)
        }

    @cached_property
    def outside(self) -> dict[str, EntryPoint]:
        """Entry points of installed packages by name.

        RAISES: ValueError if a name is taken.
        """
        found: dict[str, EntryPoint] = {}
        for point in entry_points(group=self.entry_point_namespace):
            rival = found.get(point.name)
            taken = self.room if point.name in self.homes else rival and _owner(rival)
            if taken and not (rival and rival.value == point.value):
                raise ValueError(
                    f"{self.entry_point_namespace}: {point.name!r} of {_owner(point)} "
                    f"is already a name of {taken}; one of them needs another."
                )
            found[point.name] = point
        return found

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What the room's data file says of each name, in its order."""
        for root in self._folders():
            path = root / "data" / f"{self.kind}.yml"
            if path.is_file():
                content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
                return {name: own or {} for name, own in content[self.kind].items()}
        return {}

    def read(self, value: Any, where: str) -> list[Entry]:
        """Choices in the order of a data file, their settings over the defaults.

        value (Any): Settings by name, or a list of names and of such; a name set to
            false is left out.
        where (str): File and key of the value, for errors.
        RAISES: ValueError that names file, key and remedy.
        """
        entries = []
        for name, own in _pairs(value, where):
            place = f"{where}.{name}"
            if not (own is None or own is False or isinstance(own, Mapping)):
                raise ValueError(f"{place}: expected settings, or false; got {own!r}")
            if own is not False:
                settings = overlay(self.defaults.get(name, {}), own or {})
                entries.append(Entry(name, self.check(name, settings, place)))
        return entries

    def check(
        self, name: str, settings: Mapping[str, Any], where: str
    ) -> dict[str, Any]:
        """The settings, each of the type that the function's signature asks for.

        RAISES: ValueError that names file, key and remedy.
        """
        model = self.model(name, where)
        known = list(model.model_fields)
        for key in settings:
            if key not in known:
                raise ValueError(
                    f"{where}: {key!r} is not a setting{_nearest(str(key), known)}; "
                    f"use one of: {', '.join(known) or 'none exists'}"
                )
        try:
            # As JSON: lists may become tuples there, but "5" no number.
            made = model.model_validate_json(json.dumps(settings, default=str))
        except ValidationError as error:
            lines = [
                f"{'.'.join((where, *map(str, item['loc'])))}: {item['msg']}; "
                f"it is {item['input']!r}"
                for item in error.errors()
            ]
            raise ValueError("\n".join(lines)) from None
        return {key: getattr(made, key) for key in settings}

    def model(self, name: str, where: str = "") -> type[BaseModel]:
        """The settings of a name with their types, as a pydantic model."""
        function = self.get(name, where)
        types = get_type_hints(function, include_extras=True)
        fields: dict[str, Any] = {
            parameter.name: (
                types.get(parameter.name, Any),
                ... if parameter.default is parameter.empty else parameter.default,
            )
            for parameter in inspect.signature(function).parameters.values()
            if parameter.kind is parameter.KEYWORD_ONLY
        }
        config = ConfigDict(
            strict=True, arbitrary_types_allowed=True, protected_namespaces=()
        )
        return create_model(name, __config__=config, **fields)

    def _folders(self) -> list[Path]:
        spec = find_spec(self.room)
        return [Path(p) for p in (spec and spec.submodule_search_locations) or ()]

    def _import_outside(self, name: str, where: str) -> None:
        point = self.outside[name]
        try:
            self.register(name, func=point.load())
        except Exception as error:
            raise ValueError(
                f"{_at(where)}{name!r} comes from {_owner(point)}, which fails: {error}"
            ) from error

    def _unknown(self, name: str) -> str:
        known = self.names()
        return (
            f"no {self.kind.removesuffix('s')} named {name!r}{_nearest(name, known)}; "
            f"use one of: {', '.join(known) or 'none exists'}"
        )


class phantom_registry(confection.registry):
    """The catalogues, as decorators and for .cfg files."""

    phantom_llms = Catalogue("llms", "phantom.llms")
    phantom_checks = Catalogue("checks", "phantom.checks")
    phantom_augmenters = Catalogue("augmenters", "phantom.augmenters")
    phantom_formats = Catalogue("formats", "phantom.formats")
    phantom_scenarios = Catalogue("scenarios", "phantom.planning.scenarios")
    phantom_image_generators = Catalogue("image_generators", "phantom.images")


def overlay(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of `own` over those of `base`; those of a mapping inside, too."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            value = {**below, **value}
        merged[key] = value
    return merged


def _pairs(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    for item in value if isinstance(value, list) else [value or {}]:
        if isinstance(item, str):
            yield item, None
        elif isinstance(item, Mapping):
            yield from ((str(name), own) for name, own in item.items())
        else:
            raise ValueError(f"{where}: expected names with settings, got {item!r}")


def _registered(path: Path, attribute: str) -> Iterator[str]:
    """Names in decorators such as `@phantom_registry.phantom_checks("NAME")`."""
    source = path.read_text(encoding="utf-8")
    if attribute not in source:
        return
    for node in ast.walk(ast.parse(source)):
        for call in getattr(node, "decorator_list", ()):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            called = ast.unparse(call.func).removesuffix(".register").split(".")[-1]
            first = call.args[0]
            if called == attribute and isinstance(first, ast.Constant):
                yield str(first.value)


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _owner(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _at(where: str) -> str:
    return where and f"{where}: "
