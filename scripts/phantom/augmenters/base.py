"""More training text from what there is: the augmenters of a pack, in its order."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from phantom.packs.pack import Pack
from phantom.records import Example
from phantom.registry import phantom_registry


@dataclass
class Passages:
    """What an augmenter works on.

    pack (Pack): The domain.
    written (Sequence[Example]): Training examples alone: names of the dev side must
        not be seen in training.
    seed (int): The same seed gives the same variants.
    found (List[Example]): Those, and the variants of the augmenters before.
    """

    pack: Pack
    written: Sequence[Example]
    seed: int
    found: list[Example] = field(default_factory=list)


# Its keyword-only arguments are the settings in domain.yml. A setting `labels`, and the
# keys of a setting that is a mapping, are entity labels of the domain.
Augmenter = Callable[..., Iterable[Example]]


def augment(pack: Pack, examples: Sequence[Example], seed: int) -> list[Example]:
    """The examples and the variants that the pack's `augment` asks for, in its order.

    examples (Sequence[Example]): Training examples alone.
    RAISES: ValueError for a name or setting that there is not, or equal ids.
    """
    catalogue = phantom_registry.phantom_augmenters
    passages = Passages(pack, examples, seed, list(examples))
    where = f"{pack.path / 'domain.yml'}: augment"
    for name, settings in catalogue.read(pack.domain.augment, where):
        augmenter: Augmenter = catalogue.get(name, where)
        passages.found += list(augmenter(passages, **settings))
    counts = Counter(example.id for example in passages.found)
    twice = [id for id, count in counts.items() if count > 1]
    if twice:
        raise ValueError(
            f"{where}: {len(twice)} ids are there twice, such as {twice[0]!r}; name "
            "each augmenter once, and give each example an id of its own"
        )
    return passages.found
