"""Heads on a tiny encoder, and private records of made-up pets."""

import random
from pathlib import Path

from tests.builders import example

from phantom.records import Example

_TOK2VEC = """@architectures = "spacy.HashEmbedCNN.v2"
pretrained_vectors = null
width = 32
depth = 1
embed_size = 500
window_size = 1
maxout_pieces = 2
subword_features = true"""
CONFIG = f"""
[nlp]
lang = "en"
pipeline = ["ner","relation_extractor"]

[nlp.tokenizer]
@tokenizers = "phantom.Tokenizer.v1"

[components]

[components.ner]
factory = "entity_tagger"

[components.ner.model]
@architectures = "phantom.TaggerModel.v1"
width = 16

[components.ner.model.tok2vec]
{_TOK2VEC}

[components.relation_extractor]
factory = "relation_extractor"

[components.relation_extractor.model]
@architectures = "phantom.RelationModel.v1"

[components.relation_extractor.model.tok2vec]
{_TOK2VEC}

[components.relation_extractor.model.pair_tensor]
@architectures = "phantom.PairFeatures.v1"
width = 16
"""
ANIMALS = ["Rex", "Tom", "Ida", "Bob", "Mia", "Zorbleth"]
FOODS = ["fish", "hay", "bread", "corn", "vumpish"]


def write_config(folder: Path) -> Path:
    """The config as a file."""
    path = folder / "heads.cfg"
    path.write_text(CONFIG)
    return path


def make_records(
    units: int, each: int = 1, seed: int = 0, known: int | None = None
) -> list[Example]:
    """Who ate what, and who did not.

    known (Optional[int]): Leave out so many of the last names, as public text does.
    """
    rng = random.Random(seed)
    names = ANIMALS[: -known if known else None], FOODS[: -known if known else None]
    made = []
    for number in range(units * each):
        animal, food = (rng.choice(side) for side in names)
        head, tail = f"<ANIMAL id=1>{animal}</ANIMAL>", f"<FOOD id=2>{food}</FOOD>"
        ate = rng.random() < 0.5
        text = f"{head} ate {tail} ." if ate else f"{head} hated the {tail} ."
        relations = [(1, "EATS", 2)] if ate else []
        more = {"origin": "private", "patient": f"p{number // each}"}
        if known:
            more = {"model": "m"}
        made.append(example(text, *relations, id=f"r{number}", **more))
    return made
