"""Merge the journals of shards into one; merging again adds only what is new."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.completions.shards import find_shards, merge_journals


def merge_shards(
    journal_path: Annotated[Path, Argument(help="The journal (.jsonl) of the whole")],
) -> None:
    """Add what the shards' journals hold, as `generate --shard i/n` named them."""
    parts = find_shards(journal_path)
    if not parts:
        raise ValueError(
            f"{journal_path}: no journals of shards beside it, such as "
            f"{journal_path.stem}.0-of-4{journal_path.suffix}"
        )
    counts = {part.name.rsplit("-of-", 1)[1].split(".")[0] for part in parts}
    for count in sorted(counts):
        there = [part for part in parts if f"-of-{count}." in part.name]
        if len(there) < int(count):
            msg.warn(f"{len(there)} of {count} shards are there; merge again later")
    added, known = merge_journals(journal_path, parts)
    msg.good(
        f"{added:,} completions added to {journal_path}",
        f"{len(parts)} shards; {known:,} lines were in it already",
    )


if __name__ == "__main__":
    run_step(merge_shards)
