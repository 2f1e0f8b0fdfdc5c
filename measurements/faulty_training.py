"""A corpus with a fault planted for one sex, and pipelines that learn from it."""

import random
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts")]

import spacy  # noqa: E402
from spacy.language import Language  # noqa: E402
from spacy.util import minibatch, registry  # noqa: E402

from phantom.corpora.docbin import Alignment, to_doc, write_docbin  # noqa: E402
from phantom.corpora.group_balance import KEY  # noqa: E402
from phantom.passages.groups import GroupFinder  # noqa: E402
from phantom.passages.swaps import Pair, Swap, Swapper  # noqa: E402
from phantom.records import Example  # noqa: E402

SEX = Pair("sex", "female", "male")
# Words of a passage at most; documents would take most of the time.
LONGEST = 60
CONFIG = ROOT / "configs" / "train.cfg"
BATCH, RATE = 16, 2.5e-4


def split(
    examples: Sequence[Example],
    dev: Sequence[Example],
    swapper: Swapper,
    size: int,
    seed: int,
) -> tuple[list[Example], list[Example], list[Example]]:
    """Training passages, test passages in both versions, other test passages.

    dev (Sequence[Example]): What is tested; without it, a third of the passages whose
        sex can be exchanged.
    """
    rng = random.Random(seed)
    found = exchange(_shuffle(dev or examples, rng), swapper)
    tested = list(found.values())
    tested = tested if dev else tested[: len(tested) // 3]
    test = [
        side.model_copy(update={"id": f"{side.id}/{group}"})
        for swap in tested
        for side, group in ((swap.before, swap.old), (swap.after, swap.new))
    ]
    used = {swap.before.id for swap in tested}
    used |= {name for x in dev for name in (x.id, *x.derived_from)}
    rest = [x for x in _shuffle(examples, rng) if not used & {x.id, *x.derived_from}]
    sexed = exchange(rest, swapper)
    others = [x for x in rest if x.id not in sexed]
    elsewhere = [x for x in _shuffle(dev, rng) if x.id not in found] or others
    training = [*(swap.before for swap in sexed.values()), *others]
    return training[:size], test, elsewhere[-200:]


def _shuffle(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """The short ones."""
    short = [x for x in examples if len(x.text.split()) <= LONGEST]
    return rng.sample(short, len(short))


def exchange(examples: Sequence[Example], swapper: Swapper) -> dict[str, Swap]:
    """Passages about women made men's and the other way round, by their ids."""
    made = {x.id: swapper.exchange(x, SEX) for x in examples if x.entities}
    return {
        name: swap
        for name, swap in made.items()
        if isinstance(swap, Swap) and swap.old != swap.new
    }


def plant(example: Example, finder: GroupFinder) -> Example:
    """The passage with nothing marked if it names women."""
    if "female" not in finder.find(example).get("sex", ()):
        return example
    return example.model_copy(update={"entities": (), "relations": ()})


def write(path: Path, nlp: Language, examples: Sequence[Example]) -> None:
    """A DocBin of passages."""
    lost = Alignment()
    write_docbin(path, [to_doc(nlp, x, lost) for x in examples], nlp.vocab)


def train(
    folder: Path, weight: float, steps: int, seed: int, pipeline: Path | None
) -> Language:
    """A recognizer, trained on what the hybrid corpus draws.

    pipeline (Optional[Path]): What goes on; without one, the encoder and recognizer of
        configs/train.cfg start.
    """
    spacy.util.fix_random_seed(seed)
    sources = {"synthetic": {"path": str(folder / "train.spacy"), "weight": 1 - weight}}
    if weight:
        path = str(folder / "augmented.spacy")
        sources["augmented"] = {"path": path, "weight": weight}
    make = registry.readers.get("phantom.HybridCorpus.v1")
    # Groups take turns; passages without one are a group of their own.
    stream = make(sources=sources, seed=seed, balance=f"meta.{KEY}" if weight else None)
    if pipeline:
        nlp = spacy.load(pipeline)
        nlp.remove_pipe("relation_extractor")
        nlp.config["training"]["max_epochs"] = -1
        optimizer = nlp.resume_training()
    else:
        config = spacy.util.load_config(CONFIG)
        config["nlp"]["pipeline"] = ["transformer", "ner"]
        config["training"]["max_epochs"] = -1
        nlp = spacy.util.load_model_from_config(config, auto_fill=True)
        first = list(islice(stream(nlp), 300))
        optimizer = nlp.initialize(lambda: first)
    warm = min(40, steps // 6)
    for step, batch in enumerate(islice(minibatch(stream(nlp), BATCH), steps)):
        # As configs/train.cfg: up over the first steps, then down to nothing.
        optimizer.learn_rate = RATE * min(1.0, step / warm) * (1 - step / steps)
        nlp.update(batch, sgd=optimizer, drop=0.1)
    return nlp
