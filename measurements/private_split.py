"""Private, public and dev passages of one corpus, for measurements/private_training.py.

    python measurements/private_split.py CORPUS OUT --private 8000 --public 2000

Of train.jsonl in CORPUS, one half is called private, the other public; what is related
or was made of the same stays on one side. Of each side so many are drawn by seed,
and of dev.jsonl as well. OUT gets private.jsonl, public.jsonl and dev.jsonl.
"""

import argparse
import random
from pathlib import Path

from phantom.corpora.split import split_examples
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Example


def draw(examples: list[Example], count: int, seed: int) -> list[Example]:
    """So many of them, in an order of chance.

    RAISES: ValueError if there are fewer.
    """
    if count > len(examples):
        raise ValueError(f"{count:,} passages wanted, {len(examples):,} there")
    return random.Random(seed).sample(examples, count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that `convert` filled")
    parser.add_argument("out", type=Path)
    for name, value in (("private", 8000), ("public", 2000), ("dev", 700), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    train = list(read_jsonl(given.corpus / "train.jsonl", Example))
    dev = list(read_jsonl(given.corpus / "dev.jsonl", Example))
    public, private = split_examples(train, 0.5, seed=given.seed, kin=True)
    for name, side in (("private", private), ("public", public), ("dev", dev)):
        drawn = draw(side, getattr(given, name), given.seed)
        write_jsonl(given.out / f"{name}.jsonl", drawn)
        print(f"{name}: {len(drawn):,} of {len(side):,}")


if __name__ == "__main__":
    main()
