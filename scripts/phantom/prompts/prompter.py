"""Prompts: a stable prefix first, then what changes; each part knows its origin."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
)

from phantom.packs.language import load_language
from phantom.packs.pack import Pack
from phantom.prompts.demonstrations import Demonstrations
from phantom.prompts.naming import rename, renamed
from phantom.records import Spec

TEMPLATES = Path(__file__).parent / "templates"
# From public to private.
ORIGINS = ("pack", "lexicon", "synthetic", "public", "private")
STYLE = "style notes"
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Part(NamedTuple):
    """A piece of a prompt. origin (str): one of ORIGINS."""

    role: str
    text: str
    origin: str


@dataclass(frozen=True)
class Prompt:
    """What goes to the model.

    parts (Tuple[Part, ...]): In order; the first is the same for every request.
    digest (str): Of guidelines, templates and schema; not of specs.
    size (int): How many items are asked for.
    """

    parts: tuple[Part, ...]
    digest: str
    size: int

    def messages(self) -> list[dict[str, str]]:
        """Chat messages; neighbouring parts of one role are one message."""
        messages: list[dict[str, str]] = []
        for part in self.parts:
            if messages and messages[-1]["role"] == part.role:
                messages[-1]["content"] += "\n\n" + part.text
            else:
                messages.append({"role": part.role, "content": part.text})
        return messages

    @cached_property
    def characters(self) -> int:
        """Length of all parts."""
        return sum(len(part.text) for part in self.parts)


class Prompter:
    """Renders the templates of a task: `<task>_system.jinja`, `<task>_user.jinja`.

    pack (Pack): Its guidelines, labels and relations are there for the templates. A
        template in its prompts/ takes the place of the one for its language.
    task (str): "generate", "extract", or another that has templates.
    demonstrations (Optional[Demonstrations]): Worked examples that rotate.
    show (Callable): What a template sees of one thing asked for, and its origin.
    values (Mapping[str, Any]): What the system template sees beside the pack's own.
    RAISES: ValueError that names the template and what is wrong in it.
    """

    def __init__(
        self,
        pack: Pack,
        task: str = "generate",
        demonstrations: Demonstrations | None = None,
        show: Callable[[Any], tuple[dict[str, Any], str]] | None = None,
        values: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.folder = pack.path / "prompts"
        self.task = task
        self.demonstrations = demonstrations
        self.schema = answer_schema(pack)
        self.words = load_language(pack.domain.lang, pack.path).prompt
        self._show = show or show_spec
        folders = (self.folder, TEMPLATES / pack.domain.lang)
        files = (FileSystemLoader(folder) for folder in folders)
        self._loader = ChoiceLoader([DictLoader(pack.templates), *files])
        self._environment = Environment(
            loader=self._loader,
            undefined=StrictUndefined,
            autoescape=False,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates: dict[str, Template] = {}
        self._user = f"{task}_user.jinja"
        system = self._render(
            f"{task}_system.jinja",
            guidelines=pack.guidelines.strip(),
            labels=pack.labels,
            relations=pack.relations,
            schema=json.dumps(self.schema),
            **values,
        )
        self.prefix = Part("system", system, "pack")
        source = system + self._source(self._user) + json.dumps(self.schema)
        self.digest = sha256(source.encode()).hexdigest()[:16]

    def render(self, asks: Sequence[Any], reasons: Sequence[str] = ()) -> Prompt:
        """Make the prompt of one request.

        asks (Sequence[Any]): Specs, or sentences to label; numbered from 1.
        reasons (Sequence[str]): Why each is asked for again, "" where it is not.
        """
        shown = [self._show(ask) for ask in asks]
        parts = [self.prefix]
        chosen = self.demonstrations.pick(asks[0].id) if self.demonstrations else []
        if chosen:
            named = [renamed(d, self.words.fields) for d in chosen]
            text = self._render("demonstrations.jinja", demonstrations=named)
            parts.append(Part("user", text, _widest(d.origin for d in chosen)))
        lines = [
            _encode({"id": str(number)} | rename(fields, self.words.fields))
            for number, (fields, _) in enumerate(shown, start=1)
        ]
        notes = [
            (str(number), self._tell(reason))
            for number, reason in enumerate(reasons, start=1)
            if reason
        ]
        if any(STYLE in fields for fields, _ in shown):
            parts.append(Part("user", self.words.precedence, "pack"))
        text = self._render(self._user, lines=lines, notes=notes, count=len(lines))
        parts.append(Part("user", text, _widest(origin for _, origin in shown)))
        return Prompt(tuple(parts), self.digest, len(lines))

    def _render(self, name: str, **values: Any) -> str:
        try:
            if name not in self._templates:
                self._templates[name] = self._environment.get_template(name)
            return self._templates[name].render(values).strip()
        except TemplateError as error:
            raise ValueError(
                f"{self.folder / name}: {type(error).__name__}: {error}. "
                f"{TEMPLATES / 'en'} has templates to start from."
            ) from None

    def _tell(self, reason: str) -> str:
        known = self.words.reasons.get(reason)
        return known or self.words.bad_tags.format(reason=reason.replace("_", " "))

    def _source(self, name: str) -> str:
        try:
            return self._loader.get_source(self._environment, name)[0]
        except TemplateNotFound:
            return ""


def show_spec(spec: Spec) -> tuple[dict[str, Any], str]:
    """What a template sees of a spec, and the origin of that."""
    fields: dict[str, Any] = {"kind": spec.kind, **spec.attributes}
    if spec.seeds:
        fields["seeds"] = spec.seeds
    if spec.open:
        fields["your choice"] = spec.open
    origins = ["lexicon" if spec.seeds else "pack"]
    if spec.facts:
        fields["facts"] = spec.facts.told()
        origins.append(spec.facts.origin)
    if spec.reference and spec.reference.text:
        fields["write in the style of"] = spec.reference.text
        origins.append("public")
    if spec.style:
        # Of synthetic words and figures; of real words only where those are public.
        fields[STYLE] = spec.style
        origins.append("public")
    return fields, _widest(origins)


def answer_schema(pack: Pack) -> dict[str, Any]:
    """JSON schema of an answer: items of id, tagged text and relations."""
    end: dict[str, Any] = {"type": "integer"}
    if pack.relations:
        label = {"type": "string", "enum": list(pack.relations)}
        end = {"anyOf": [{"type": "integer"}, label]}
    fields = {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "relations": {"type": "array", "items": {"type": "array", "items": end}},
    }
    item = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": item}},
        "required": ["items"],
        "additionalProperties": False,
    }


def _widest(origins: Any) -> str:
    return max(origins, key=ORIGINS.index, default="pack")
