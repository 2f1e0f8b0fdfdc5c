"""What sources of a hybrid corpus may be given, and what they must keep to."""

from pathlib import Path
from typing import Any, Optional

from spacy.training import Example
from spacy.util import logger, registry

SYNTHETIC = ("synthetic", "augmented")
REAL = ("public", "private", "reviewed", "llm_labelled")
KEYS = {"path", "kind", "weight", "final", "optional"}


@registry.misc("phantom.CheckSources.v1")
def check_sources(
    sources: dict[str, dict[str, Any]], schedule: str, keep: Optional[float]
) -> dict[str, dict[str, Any]]:
    """Fill in what a source leaves out, with its weights at the start and the end.

    RETURNS (Dict[str, Dict[str, Any]]): With `path`, `kind`, `begin` and `finish`;
        absent optional ones are left out.
    RAISES: ValueError that names the source and what to mend.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, given in sources.items():
        where = f"corpora: source {name!r}"
        unknown = set(given) - KEYS
        kind = given.get("kind", name)
        if unknown or "path" not in given:
            problem = f"unknown {', '.join(sorted(unknown))}" if unknown else "no path"
            raise ValueError(f"{where}: {problem}; use {', '.join(sorted(KEYS))}")
        if kind not in SYNTHETIC + REAL:
            known = ", ".join(SYNTHETIC + REAL)
            raise ValueError(f"{where}: kind is {kind!r}; use one of {known}")
        weight = check_positive(f"{where}: weight", given.get("weight", 1.0), True)
        final = check_positive(f"{where}: final", given.get("final", weight), True)
        if not Path(given["path"]).exists():
            if not given.get("optional"):
                raise ValueError(f"{where}: {given['path']}: no such file; write it")
            logger.info("%s: %s is absent; drawn from the others", name, given["path"])
            continue
        begin, finish = weigh(weight, final, kind, schedule, keep)
        found[name] = {"path": given["path"], "kind": kind}
        found[name] |= {"begin": begin, "finish": finish}
    for key, when in (("begin", "start"), ("finish", "end")):
        if not sum(source[key] for source in found.values()):
            raise ValueError(
                f"corpora: no source has a weight at the {when} of {schedule!r}; it "
                f"has {', '.join(found) or 'no source at all'}. Add one or change the "
                "schedule"
            )
    return found


def weigh(
    weight: float, final: float, kind: str, schedule: str, keep: Optional[float]
) -> tuple[float, float]:
    """Weights of a source at the start and the end of a schedule."""
    if schedule in ("mixed", "anneal"):
        return weight, final if schedule == "anneal" else weight
    synthetic_first = schedule == "synthetic_then_real"
    if (kind in SYNTHETIC) != synthetic_first:
        return 0.0, weight
    kept = keep if keep is not None else float(not synthetic_first)
    return weight, check_positive("keep", kept, True) * weight


@registry.misc("phantom.CheckPositive.v1")
def check_positive(name: str, value: Any, zero: bool = False) -> Any:
    """A number as it is. RAISES: ValueError if it is none or below 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} is {value!r}; give a number without quotes")
    if not (value > 0 or (zero and value == 0)):
        raise ValueError(f"{name} is {value}; give a number above 0")
    return value


@registry.misc("phantom.CheckOrigins.v1")
def check_origins(name: str, kind: str, examples: list[Example]) -> None:
    """RAISES: ValueError if a doc says that its text is of another origin."""
    wanted = {"public": "public", "private": "private"}
    wanted |= dict.fromkeys(SYNTHETIC, "synthetic")
    for example in examples:
        said: Any = example.reference.user_data.get("example")
        origin = said.get("origin", "synthetic") if said else None
        if origin and origin != wanted.get(kind, origin):
            raise ValueError(
                f"source {name!r}: {said.get('id')} is {origin} text in a source of "
                f"kind {kind!r}; give it a source of its kind"
            )
