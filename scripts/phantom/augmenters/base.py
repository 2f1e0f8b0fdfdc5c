"""More training text from what there is: the augmenters of a pack, in its order."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from phantom.packs.language import LanguageData, load_language
from phantom.packs.pack import Pack
from phantom.passages.edits import keep_mentions
from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Example
from phantom.registry import phantom_registry


@dataclass
class Passages:
    """What an augmenter works on.

    pack (Pack): The domain.
    written (Sequence[Example]): Training examples alone: names of the dev side must
        not be seen in training. Those with nominal mentions are left out, which have
        no name that could be changed or taken.
    seed (int): The same seed gives the same variants.
    found (List[Example]): Those, and such variants of the augmenters before.
    """

    pack: Pack
    written: Sequence[Example]
    seed: int
    found: list[Example] = field(default_factory=list)

    @cached_property
    def language(self) -> LanguageData:
        """What is known of the pack's language."""
        return load_language(self.pack.domain.lang, self.pack.path)


# Its keyword-only arguments are the settings in domain.yml. A setting `labels`, and
# the keys of a setting that is a mapping, are entity labels of the domain; a setting
# `table` is a file of the pack.
Augmenter = Callable[..., Iterable[Example]]
# What a mention is tied to, so that no word fits between, and no longer form.
TIED = "-/'’(["
Share = Annotated[float, Field(ge=0, le=1)]


def augment(pack: Pack, examples: Sequence[Example], seed: int) -> list[Example]:
    """The examples and the variants that the pack's `augment` asks for, in its order.

    Each variant says in `varied` which augmenter made it.

    examples (Sequence[Example]): Training examples alone.
    RAISES: ValueError for a name or setting that there is not, or equal ids.
    """
    named = list(filter(_all_named, examples))
    passages = Passages(pack, named, seed, list(named))
    where = f"{pack.path / 'domain.yml'}: augment"
    apart = [example for example in examples if not _all_named(example)]
    for augmenter in _read_augmenters(pack.domain.augment, where):
        for variant in augmenter(passages):
            (passages.found if _all_named(variant) else apart).append(variant)
    found = [*passages.found, *apart]
    counts = Counter(example.id for example in found)
    twice = [id for id, count in counts.items() if count > 1]
    if twice:
        raise ValueError(
            f"{where}: {len(twice)} ids are there twice, such as {twice[0]!r}; name "
            "each augmenter once, and give each example an id of its own"
        )
    return found


def vary_windows(pack: Pack, windows: Sequence[Example], seed: int) -> list[Example]:
    """Windows of documents with the variants that the pack's `feeding.vary` asks for.

    A variant takes the place of its window: there is no more text than before.

    windows (Sequence[Example]): Of training documents alone.
    RAISES: ValueError for a name or setting that there is not, or an augmenter that
        makes one passage of several.
    """
    found, named = list(windows), list(filter(_all_named, windows))
    where = f"{pack.path / 'domain.yml'}: feeding.vary"
    for augmenter in _read_augmenters(pack.domain.feeding.vary, where):
        passages = Passages(pack, named, seed, list(filter(_all_named, found)))
        variants = {}
        for variant in augmenter(passages):
            if len(variant.derived_from) > 1:
                raise ValueError(
                    f"{where}: {variant.varied} makes one passage of several, which "
                    "would be there twice; list it under augment alone"
                )
            variants[variant.derived_from[0]] = variant
        found = [_put(variants[x.id], x) if x.id in variants else x for x in found]
    return found


def _put(variant: Example, window: Example) -> Example:
    """The variant, which stands for the document, as its window does."""
    made_from = window.derived_from or variant.derived_from
    return variant.model_copy(update={"derived_from": made_from})


def _all_named(example: Example) -> bool:
    return not any(entity.nominal for entity in example.entities)


def _read_augmenters(
    asked: Sequence[dict[str, dict[str, Any] | None]], where: str
) -> Iterator[Callable[[Passages], list[Example]]]:
    """The augmenters of a list, each with its settings; variants say who made them."""
    catalogue = phantom_registry.phantom_augmenters
    for name, settings in catalogue.read(asked, where):
        augmenter: Augmenter = catalogue.get(name, where)

        def make(
            passages: Passages,
            name: str = name,
            augmenter: Augmenter = augmenter,
            settings: dict[str, Any] = settings,
        ) -> list[Example]:
            return [
                variant.model_copy(update={"varied": name})
                for variant in augmenter(passages, **settings)
            ]

        yield make


def vary(
    passages: Passages,
    name: str,
    share: float,
    draw: Callable[[Example, random.Random], Iterable[Edit]],
    **meta: Any,
) -> Iterator[Example]:
    """Yield variants of a share of the passages, those of augmenters before among them.

    name (str): Of the augmenter; seeds its draws and ends the ids.
    draw (Callable): Edits of one passage; those that would cut or empty a mention are
        left out. A passage without edits has no variant.
    meta (Any): Notes for `meta`.
    """
    for example in passages.found:
        rng = random.Random(f"{passages.seed}:{name}:{example.id}")
        if rng.random() >= share:
            continue
        edits = keep_mentions(example, draw(example, rng))
        if edits:
            yield rewrite(
                example,
                edits,
                id=f"{example.id}^{name}",
                derived_from=(example.id,),
                meta={**example.meta, **meta},
            )
