"""From cases and groups to an audit."""

from collections.abc import Mapping, Sequence

from phantom.evaluation.audit.gaps import Sizes, compare_groups
from phantom.evaluation.audit.measures import measure_cases
from phantom.evaluation.audit.membership import Dimension, find_dimensions
from phantom.evaluation.audit.parity import measure_parity
from phantom.evaluation.audit.records import Audit
from phantom.evaluation.cases import Case, resample_units
from phantom.packs.benchmarks import Dataset
from phantom.packs.pack import Pack
from phantom.passages.groups import GroupFinder
from phantom.records import Example, Origin

_WIDTH: tuple[Origin, ...] = ("synthetic", "public", "private")


def audit_cases(
    pack: Pack,
    dataset: Dataset,
    cases: Sequence[Case],
    finder: GroupFinder,
    source: str,
    *,
    metadata: Mapping[str, Mapping[str, str]] | None = None,
    sizes: Sizes = Sizes(),  # noqa: B008
    parity: bool = True,
    resamples: int = 1000,
    shuffles: int = 2000,
    seed: int = 0,
) -> Audit:
    """Audit the predictions of cases as `make_cases` gives them.

    source (str): What it was predicted on, for people.
    metadata (Optional[Mapping]): Further groups by dimension, by record id.
    RAISES: ValueError if nothing is left to audit.
    """
    missing = sum(case.prediction.missing for case in cases)
    cases = [case for case in cases if not case.prediction.missing]
    examples = [case.example for case in cases]
    if not cases or not {"entities", "relations"} & set(dataset.tasks):
        raise ValueError(
            f"{source}: nothing to audit; it needs predictions on text with marked "
            "entities or relations"
        )
    units = number_units(dataset, examples)
    outcomes = measure_cases(pack, dataset, cases, units)
    dimensions = find_dimensions(pack, examples, units, finder, metadata)
    compared = compare_groups(
        dimensions, outcomes.measures, sizes, resamples, shuffles, seed
    )
    differences = measure_parity(dimensions, outcomes, sizes, resamples, seed)
    notes = [f"{missing:,} texts had no prediction and are left out"] * bool(missing)
    scores: dict[str, float] = {}
    for measure in outcomes.measures:
        if measure.metric == "f1" and measure.below.sum():
            whole = float(measure.above.sum() / measure.below.sum())
            scores.setdefault(measure.task, round(whole, 4))
    return Audit(
        domain=pack.name,
        source=source,
        origin=max((x.origin for x in examples), key=_WIDTH.index),
        documents=max(units) + 1,
        scores=scores,
        cells=compared.cells,
        spreads=compared.spreads,
        parity=list(differences) if parity else [],
        small=_small(dimensions, sizes),
        notes=notes,
    )


def number_units(dataset: Dataset, examples: Sequence[Example]) -> list[int]:
    """The document of each record, numbered in order; what was made of one example
    belongs with it."""
    names = [(example.derived_from or (example.id,))[0] for example in examples]
    if dataset.resample != "record":
        names = resample_units(dataset, examples)
    index: dict[str, int] = {}
    return [index.setdefault(name, len(index)) for name in names]


def _small(dimensions: Sequence[Dimension], sizes: Sizes) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for dimension in dimensions:
        counts = dimension.member.sum(axis=0).tolist()
        few = {
            group: int(count)
            for group, count in zip(dimension.groups, counts, strict=True)
            if count < sizes.documents
        }
        if few:
            found[dimension.name] = few
    return found
