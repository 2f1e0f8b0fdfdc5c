"""A plan in shards, and their journals merged."""

from pathlib import Path

import pytest

from phantom.completions.journal import Journal, read_journal
from phantom.completions.shards import Shard, find_shards, merge_journals, parse_shard
from phantom.records import Completion, Spec


def test_shards_part_and_merge(tmp_path: Path) -> None:
    specs = [Spec(id=f"s{i}", kind="k") for i in range(200)]
    path = tmp_path / "completions.jsonl"
    parts = [parse_shard(f"{i}/3") for i in (1, 2, 3)]
    held = [[spec.id for spec in part.select(specs)] for part in parts]
    assert sorted(sum(held, [])) == sorted(spec.id for spec in specs)
    assert min(map(len, held)) > 40
    assert parse_shard("0/3").journal(path) == parse_shard("3/3").journal(path)
    for part, ids in zip(parts, held, strict=True):
        with Journal(part.journal(path)) as journal:
            for spec_id in ids:
                journal.append(
                    Completion(
                        spec_ids=(spec_id,), completion="{}", model="m", recorded=""
                    )
                )
    for name in ("dialect", "batches", "failed"):
        path.with_name(f"completions.1-of-3.{name}.jsonl").write_text("{}\n")
    assert len(find_shards(path)) == 3
    assert merge_journals(path, find_shards(path)) == (200, 0)
    assert merge_journals(path, find_shards(path)) == (0, 200)
    assert len(list(read_journal(path))) == 200
    for wrong in ("4/3", "x", "1/0", "-1/2"):
        with pytest.raises(ValueError, match="--shard"):
            parse_shard(wrong)
    assert Shard(0, 1).holds("anything")
