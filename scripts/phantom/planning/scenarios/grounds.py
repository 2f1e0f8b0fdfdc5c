"""Facts of facts.jsonl as wishes of a plan."""

from pathlib import Path

from phantom.jsonl import read_jsonl
from phantom.packs.pack import Pack
from phantom.planning.scenarios.config import load_config
from phantom.planning.wishes import Wish, Wishes
from phantom.records import Fact


def read_wishes(path: Path, pack: Pack, share: float, rare: float) -> Wishes:
    """Read facts and what scenarios.yml has written of them.

    share (float): Of new specs that are grounded in facts.
    rare (float): Of those, the share that tells a rare event.
    RAISES: ValueError for a fact that the pack can't tell.
    """
    for name, value in (("share", share), ("rare", rare)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name}: {value:g} is no share; give 0 to 1")
    if not path.is_file():
        raise ValueError(f"{path}: no such file; `simulate` writes facts")
    config = load_config(pack)
    pool = []
    for number, fact in enumerate(read_jsonl(path, Fact), start=1):
        problem = config.find_problem(fact, pack)
        if problem:
            raise ValueError(f"{path}:{number}: fact {fact.id!r}: {problem}")
        rule = config.events[fact.event]
        pool.append(Wish(rule.kind, rule.choices(), fact.facts(), rule.weight))
    return Wishes(pool, share, rare, str(path))
