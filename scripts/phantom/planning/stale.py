"""Find specs that no longer match domain.yml."""

from collections import Counter
from collections.abc import Sequence

from phantom.packs.pack import Pack
from phantom.records import Spec

REMEDY = (
    "They stay in the plan and count towards its size, but curate will reject their "
    "answers. Where something was renamed, give it its old name in {domain}, or the "
    "new one in {specs} (ids as they are; tags in the answers bear labels, too). Where "
    "it was removed on purpose, ask for that many more with --total (in the project: "
    "--vars.examples)."
)


def describe_stale(pack: Pack, specs: Sequence[Spec]) -> list[str]:
    """What kinds and labels of specs the pack does not have, how many, how to mend it.

    RETURNS (List[str]): One line each, the remedy last; empty if there are none.
    """
    stale: Counter[str] = Counter()
    for spec in specs:
        if spec.kind not in pack.kinds:
            stale[f"kind {spec.kind!r}"] += 1
        told = spec.facts.entities.values() if spec.facts else ()
        labels = {*spec.seeds, *spec.open, *(term.label for term in told)}
        for label in sorted(labels - set(pack.labels)):
            stale[f"label {label!r}"] += 1
    if not stale:
        return []
    lines = [f"{what}: {count:,} specs" for what, count in stale.items()]
    used = {spec.kind for spec in specs}
    unused = [repr(kind) for kind in pack.kinds if kind not in used]
    if unused:
        lines.append(f"kinds without such a spec: {', '.join(unused)}")
    specs_path = pack.recording / "specs.jsonl.gz"
    domain_path = pack.path / "domain.yml"
    return [*lines, REMEDY.format(domain=domain_path, specs=specs_path)]
