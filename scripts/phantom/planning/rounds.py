"""Rounds: what of the plans before stays, and what is asked for next."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from phantom.completions.ledger import Ledger, read_ledger
from phantom.feedback.hints import Hint, add_style
from phantom.jsonl import read_jsonl
from phantom.packs.lexicons import check_tables
from phantom.packs.pack import Pack
from phantom.planning.plan import make_plan
from phantom.planning.wishes import Wishes
from phantom.planning.writers import Writers
from phantom.records import Reference, Spec, hash_id


class NextPlan(NamedTuple):
    """A round's plan.

    specs (List[Spec]): Recorded ones first.
    recorded (int): Of the pack's recording.
    waiting (int): Neither recorded nor answered.
    """

    specs: list[Spec]
    recorded: int
    waiting: int


def next_plan(
    pack: Pack,
    total: int,
    earlier: Sequence[Spec],
    journal: Path,
    hints: Sequence[Hint] | None = None,
    *,
    references: Sequence[Reference] = (),
    wishes: Wishes | None = None,
    writers: Writers | None = None,
    number: int = 1,
    seed: int = 0,
) -> NextPlan:
    """The plan of a round; what is recorded or answered stays in it.

    total (int): Examples wanted; 0 for no more than there are.
    earlier (Sequence[Spec]): Of the plan to go on from, see read_earlier.
    journal (Path): The completions of all rounds.
    hints (Optional[Sequence[Hint]]): What the check of an earlier round found.
    references (Sequence[Reference]): Texts whose form new documents take.
    wishes (Optional[Wishes]): Facts that a share of the new specs tells.
    writers (Optional[Writers]): Personas of a share of the new specs.
    number (int): The round, which new specs bear.
    RAISES: ValueError if there is nothing to plan, or a table of the pack is spoiled.
    """
    check_tables(pack)
    recorded = read_recorded(pack)
    known = {spec.id for spec in recorded}
    known_and_earlier = recorded + [spec for spec in earlier if spec.id not in known]
    keep = known
    if total or hints is not None:
        keep = known | answered(known_and_earlier, journal)
    if hints is not None:
        # Every spec stays, more are drawn; those without an answer get hints.
        frozen = known_and_earlier
    elif total:
        # What is paid for stays; the rest is drawn anew.
        frozen = [spec for spec in known_and_earlier if spec.id in keep]
    else:
        frozen = recorded
    if not (total or frozen):
        raise ValueError(
            f"{pack.path}: the pack has no recording; say how many examples you want "
            "with --total (in the project: --vars.examples)"
        )
    specs = make_plan(
        pack,
        total or len(frozen),
        frozen=frozen,
        references=references,
        wishes=wishes,
        writers=writers,
        seed=seed,
    )
    if hints is not None:
        specs = add_style(specs, hints, pack, seed, keep)
    waiting = {spec.id for spec in specs} - keep
    specs = [
        spec.model_copy(update={"round": number}) if spec.id in waiting else spec
        for spec in specs
    ]
    return NextPlan(specs, sum(spec.id in known for spec in specs), len(waiting))


def specs_path(corpus: Path, number: int) -> Path:
    """Where the plan of a round lies: corpus/<domain>/round-<n>/specs.jsonl."""
    return corpus / f"round-{number}" / "specs.jsonl"


def read_earlier(corpus: Path, number: int) -> list[Spec]:
    """The specs to go on from: of this round, else of the newest one before it."""
    for n in range(number, 0, -1):
        path = specs_path(corpus, n)
        if path.is_file():
            return list(read_jsonl(path, Spec))
    return []


def adopt_flat_plan(corpus: Path) -> tuple[Path, Path] | None:
    """Make the plan of a corpus from before rounds had folders that of round 1.

    RETURNS (Optional[Tuple[Path, Path]]): From where to where it was moved; None if
        there is none, or round 1 has a plan.
    """
    flat, first = corpus / "specs.jsonl", specs_path(corpus, 1)
    if not flat.is_file() or first.is_file():
        return None
    first.parent.mkdir(parents=True, exist_ok=True)
    return flat, flat.rename(first)


def read_recorded(pack: Pack) -> list[Spec]:
    """The specs of a pack's recording; none if it has no recording."""
    for name in ("specs.jsonl.gz", "specs.jsonl"):
        if (pack.recording / name).is_file():
            return list(read_jsonl(pack.recording / name, Spec))
    return []


def answered(specs: Sequence[Spec], journal: Path) -> set[str]:
    """Ids of the specs that a journal of completions has an answer to."""
    done = read_ledger(journal, Ledger()).done
    return {spec.id for spec in specs if hash_id(spec.id) in done}
