"""A small pack, the context of a check, and one check run on its own."""

from pathlib import Path

from phantom.checks import CheckContext, ChecksConfig, load_config
from phantom.checks.engine.base import Finding, Item, Measure
from phantom.checks.engine.corpus import Corpus
from phantom.checks.engine.run import run_check
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example
from phantom.registry import overlay, phantom_registry

DOMAIN = """
name: tiny
title: A tiny domain
licence: MIT
labels:
  DISEASE:
    definition: diseases
    not_marked: [disease]
    rules: {trailing: [Patients], never: [disorder], forbid: ["D[0-9]+"], keep: [An X]}
  CHEMICAL: {definition: drugs}
relations:
  TREATS: {definition: treats, head: [CHEMICAL], tail: [DISEASE]}
kinds:
  treats: {weight: 1, entities: {DISEASE: 1}, relation: TREATS}
  none: {weight: 1, empty: true}
  apart: {weight: 1, forbids: [TREATS]}
attributes:
  section: {values: {title: 1, results: 1}}
lexicons:
  DISEASE: [{file: names.tsv, licence: CC0, source: made up}]
"""


def make_pack(folder: Path, checks: str = "") -> Pack:
    path = folder / "tiny"
    path.mkdir()
    (path / "domain.yml").write_text(DOMAIN)
    (path / "guidelines.md").write_text("Mark diseases.")
    (path / "names.tsv").write_text("name\nnephrolithiasis\nasthma\nWAS\n")
    (path / "checks.yml").write_text(checks)
    return load_pack(path)


def make_context(folder: Path, checks: str = "", **more: object) -> CheckContext:
    pack = make_pack(folder, checks)
    return CheckContext(pack, load_config(pack.path), **more)  # type: ignore[arg-type]


def run_one(
    name: str, examples: list[Example], context: CheckContext, **settings: object
) -> list[Item]:
    """What one check yields, its settings over the defaults."""
    over = overlay(phantom_registry.phantom_checks.defaults.get(name, {}), settings)
    return list(run_check(name, Corpus(examples), context, over))


def findings(
    name: str, examples: list[Example], context: CheckContext, **settings: object
) -> list[Finding]:
    items = run_one(name, examples, context, **settings)
    return [item for item in items if isinstance(item, Finding)]


def measures(
    name: str, examples: list[Example], context: CheckContext, **settings: object
) -> dict[str, Measure]:
    items = run_one(name, examples, context, **settings)
    return {item.name: item for item in items if isinstance(item, Measure)}


def config_of(context: CheckContext, *names: str) -> ChecksConfig:
    checks = {name: context.config.checks[name] for name in names}
    return context.config.model_copy(update={"checks": checks})
