"""Reptile: weights from which few examples lead far (Nichol et al. 2018)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import Field
from spacy.language import Language
from spacy.training import Example

from phantom import records
from phantom.corpora.docbin import to_doc
from phantom.records import Record
from phantom.training.passes import AdaptSettings, train_passes
from phantom.training.rates import blend, read_weights, write_weights

FEWEST = 4


class ReptileSettings(Record):
    """How weights are found.

    tasks (int): Steps of the outer loop, a task each.
    size (int): Examples of a task. passes (int): Over them in the inner loop.
    learn_rate (float): Of the inner loop, as in `AdaptSettings`.
    step (float): Part of the way to a task's weights that the first outer step goes;
        it falls to none in a line (arXiv:1803.02999).
    keys (Tuple[str, ...]): Of `meta` or of its attributes, by whose values examples
        are grouped.
    """

    seed: int = 0
    tasks: int = Field(default=60, ge=1)
    size: int = Field(default=16, ge=1)
    passes: int = Field(default=3, ge=1)
    learn_rate: float = Field(default=1e-4, gt=0)
    step: float = Field(default=0.3, gt=0, le=1)
    keys: tuple[str, ...] = ("kind", "section", "genre", "topic")


@dataclass(frozen=True)
class Task:
    """Few examples of one group, of which some labels are asked for.

    key, value (str): The group. labels (FrozenSet[str]): Others are left open.
    """

    key: str
    value: str
    labels: frozenset[str]
    examples: tuple[records.Example, ...]


def draw_tasks(
    examples: Sequence[records.Example],
    labels: Sequence[str],
    settings: ReptileSettings,
) -> Iterator[Task]:
    """Tasks without end, by seed: a key, a value of it, labels, examples.

    RAISES: ValueError if no value of any key has examples enough.
    """
    order = random.Random(settings.seed)
    groups: dict[str, dict[str, list[records.Example]]] = {}
    for example in examples:
        known = {**(example.meta.get("attributes") or {}), **example.meta}
        for key in settings.keys:
            if isinstance(known.get(key), (str, int)):
                values = groups.setdefault(key, {})
                values.setdefault(str(known[key]), []).append(example)
    large = {
        key: {value: found for value, found in values.items() if len(found) >= FEWEST}
        for key, values in groups.items()
    }
    large = {key: values for key, values in large.items() if values}
    if not large:
        raise ValueError(
            f"no value of {', '.join(settings.keys)} has {FEWEST} examples; name other "
            "keys of their meta"
        )
    while True:
        key = order.choice(sorted(large))
        value = order.choice(sorted(large[key]))
        count = order.randint(1, len(labels))
        chosen = frozenset(order.sample(sorted(labels), count))
        found = large[key][value]
        drawn = order.sample(found, min(settings.size, len(found)))
        yield Task(key, value, chosen, tuple(drawn))


def to_pairs(nlp: Language, task: Task) -> list[Example]:
    """References of a task: entities of other labels are open, not absent.

    Relations are taught where all labels are asked for.
    """
    every = set(nlp.pipe_labels["ner"]) <= task.labels
    pairs = []
    for example in task.examples:
        doc = to_doc(nlp, example)
        other = [ent for ent in doc.ents if ent.label_ not in task.labels]
        kept = [ent for ent in doc.ents if ent.label_ in task.labels]
        missing = [doc[i : i + 1] for ent in other for i in range(ent.start, ent.end)]
        doc.set_ents(kept, missing=missing, default="unmodified")
        if not every:
            doc._.relations = None
        pairs.append(Example(nlp.make_doc(example.text), doc))
    return pairs


def meta_train(
    nlp: Language,
    examples: Sequence[records.Example],
    settings: ReptileSettings | None = None,
) -> list[Task]:
    """Move a trained pipeline to weights that lie near those of all its tasks.

    examples (Sequence[records.Example]): Synthetic ones; `meta` has their groups.
    RETURNS (List[Task]): Those that were gone through.
    """
    settings = settings or ReptileSettings()
    labels: Any = nlp.pipe_labels["ner"]
    done = []
    for number, task in enumerate(
        islice(draw_tasks(examples, labels, settings), settings.tasks)
    ):
        start = read_weights(nlp)
        inner = AdaptSettings(
            seed=settings.seed + number, learn_rate=settings.learn_rate, decay=1.0
        )
        passes = train_passes(nlp, to_pairs(nlp, task), (), inner)
        for _ in islice(passes, settings.passes):
            pass
        part = settings.step * (1 - number / settings.tasks)
        write_weights(nlp, blend(start, read_weights(nlp), part))
        done.append(task)
    return done
