"""Turn an audit into training text for the groups that are worse off."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath
from console.step import run_step
from phantom.checks.engine.config import load_config
from phantom.checks.engine.context import CheckContext
from phantom.checks.groups import make_finder
from phantom.corpora.group_balance import balance_groups, shares
from phantom.evaluation.audit.records import Audit
from phantom.jsonl import load_record, read_some, write_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Example


def mitigate(
    pack_path: PackPath,
    audit_path: Annotated[Path, Argument(help="audit.json")],
    train: Annotated[Path, Argument(help="The training text (.jsonl)")],
    output: Annotated[Path, Argument(help="The file to write (.jsonl)")],
    own: Annotated[
        bool,
        Option(help="Passages of the groups themselves, not only some made theirs"),
    ] = True,
    copies: Annotated[int, Option(help="Made of one passage", min=1)] = 1,
    opened: Annotated[
        int, Option(help="Passages of nobody to put a sentence about the group before")
    ] = 0,
    groups: Annotated[
        list[str] | None, Option(help="'dimension: group' in place of the alarms")
    ] = None,
    seed: Annotated[int, Option(help="Of the draws")] = 0,
) -> None:
    """Write passages with `meta.audit`, for `mix` and phantom.HybridCorpus.v1."""
    pack = load_pack(pack_path)
    audit = load_record(audit_path, Audit)
    if audit.domain != pack.name:
        raise ValueError(f"{audit_path}: of the domain {audit.domain!r}")
    worse = audit.worse(groups)
    if not worse:
        msg.good("No group is worse off: nothing to mend")
        return
    config = load_config(pack_path)
    finder = make_finder(CheckContext(pack, config))
    examples = [x.named() for x in read_some(train, Example)]
    rows = shares(examples, worse, finder)
    msg.table(
        [
            (name, f"{here:,} of {of:,}", f"{weight:.1f}" if here else "-")
            for name, (here, of, weight) in rows.items()
        ],
        header=("group", "training passages", "weight"),
        aligns=("l", "r", "r"),
        divider=True,
    )
    found = list(
        balance_groups(
            *(pack, examples, worse, finder, config.person_labels),
            own=own,
            copies=copies,
            opened=opened,
            seed=seed,
        )
    )
    if not found:
        raise ValueError(f"{train}: no passage names these groups or can be made to")
    write_jsonl(output, found)
    made = sum(x.varied == "counterfactual" for x in found)
    msg.good(
        f"{len(found):,} passages, {made:,} of them counterfactual, in {output}",
        "Mix them in as augmented, and set balance = 'meta.audit'; docs/audit.md",
    )


if __name__ == "__main__":
    run_step(mitigate)
