"""What an image generator is asked for, by the facts of specs, and what it gives."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from phantom.packs.pack import read_mapping
from phantom.records import Attribute, Example, Facts, Record, Spec
from phantom.registry import phantom_registry


class ImageRequest(Record):
    """One image that is asked for.

    id (str): Of the example. text (str): Its report.
    kind (str): Of its spec; attributes, seeds (Dict): of its spec likewise.
    facts (Facts): What the text was to say; without any where a spec has none.
    seed (int): Of what the generator draws for this image.
    """

    id: str
    text: str
    kind: str
    attributes: dict[str, Attribute] = {}
    seeds: dict[str, list[str]] = {}
    facts: Facts = Facts()
    seed: int = 0

    def find(self, key: str) -> str | None:
        """What the facts or attributes have under a key, as text."""
        if key in self.facts.entities:
            return self.facts.entities[key].text
        if key in self.facts.numbers:
            amount = self.facts.numbers[key]
            return amount.text or f"{amount.value:g}"
        for values in (self.facts.texts, self.facts.dates, self.attributes):
            if key in values:
                return str(values[key])
        return None


class Refused(NamedTuple):
    """Why there is no image; a generator may give one in place of an image."""

    reason: str


class Drawn(NamedTuple):
    """A request with its image, or the reason why there is none."""

    request: ImageRequest
    image: Image.Image | Refused


# Made once by a function of the catalogue from its settings. Takes some requests and
# gives for each, in order, a PIL image, or an array of bytes of the shape (height,
# width) or (height, width, 3), or `Refused`.
ImageGenerator = Callable[[Sequence[ImageRequest]], Iterable[Any]]


def load_generator(path: Path) -> tuple[str, ImageGenerator]:
    """The generator that a file (.yml) names under `generator`, with its settings.

    RETURNS (Tuple[str, ImageGenerator]): Its name, too.
    RAISES: ValueError that names file, key and remedy.
    """
    where = f"{path}: generator"
    catalogue = phantom_registry.phantom_image_generators
    entries = catalogue.read(read_mapping(path).get("generator"), where)
    if len(entries) != 1:
        names = ", ".join(catalogue.names())
        raise ValueError(f"{where}: name one of {names}, with its settings below")
    (entry,) = entries
    return entry.name, catalogue.get(entry.name, where)(**entry.settings)


def make_requests(
    examples: Iterable[Example], specs: Iterable[Spec], seed: int
) -> Iterator[ImageRequest]:
    """A request for each example, with what its spec says.

    RAISES: ValueError if an example has no spec.
    """
    known = {spec.id: spec for spec in specs}
    for number, example in enumerate(examples):
        spec = known.get(example.id)
        if spec is None:
            raise ValueError(f"example {example.id}: no spec of that id in the plan")
        yield ImageRequest(
            id=example.id,
            text=example.text,
            kind=spec.kind,
            attributes=spec.attributes,
            seeds=spec.seeds,
            facts=spec.facts or Facts(),
            seed=seed + number,
        )


def draw_images(
    generator: ImageGenerator, requests: Iterable[ImageRequest], batch: int
) -> Iterator[Drawn]:
    """Call a generator with some requests at a time.

    batch (int): How many. A call that fails is tried again request by request, so
        that one of them spoils no other.
    RAISES: ValueError if it gives another number of images, or none of an image's form.
    """
    waiting = iter(requests)
    while some := list(islice(waiting, batch)):
        yield from _draw(generator, some)


def _draw(generator: ImageGenerator, some: list[ImageRequest]) -> Iterator[Drawn]:
    try:
        found = list(generator(some))
    except Exception as error:  # of any generator, on any facts
        if len(some) == 1:
            yield Drawn(some[0], Refused(f"the generator failed: {error!r}"))
            return
        for one in some:
            yield from _draw(generator, [one])
        return
    if len(found) != len(some):
        raise ValueError(
            f"the generator gave {len(found)} images for {len(some)} requests, "
            f"{some[0].id} the first; it must give one for each, in order"
        )
    for request, image in zip(some, found, strict=True):
        yield Drawn(request, _check(image, request))


def _check(image: Any, request: ImageRequest) -> Image.Image | Refused:
    if isinstance(image, Refused | Image.Image):
        return image
    array = np.asarray(image)
    shape = array.shape
    if array.dtype != np.uint8 or not (
        len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)
    ):
        raise ValueError(
            f"{request.id}: the generator gave {type(image).__name__} of {array.dtype} "
            f"and shape {shape}; give a PIL image, or uint8 of the shape (height, "
            "width) or (height, width, 3)"
        )
    return Image.fromarray(array)
