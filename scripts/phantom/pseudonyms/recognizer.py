"""A spaCy pipeline with people and places, asked where a text names them."""

from collections.abc import Callable, Iterator
from pathlib import Path

from phantom.packs.tables import read_table

DATA = Path(__file__).parent / "data"
Recognize = Callable[[str], Iterator[tuple[int, int, str]]]


def load_recognizer(name: str) -> Recognize:
    """Load a pipeline by its package's name or its folder.

    Asked are the labels of OntoNotes and CoNLL (labels.tsv), and of what is trained on
    them.

    RETURNS (Callable): From a text to places of mentions and their categories of Safe
        Harbor.
    RAISES: ValueError if there is no such pipeline, or it knows neither people nor
        places.
    """
    import spacy

    try:
        nlp = spacy.load(name)
    except OSError as error:
        raise ValueError(f"{name}: no spaCy pipeline ({error})") from None
    rows = read_table(DATA / "labels.tsv", ["label", "category"])
    categories = {row["label"]: row["category"] for row in rows}
    labels = {label for found in nlp.pipe_labels.values() for label in found}
    if not labels & categories.keys():
        raise ValueError(
            f"{name}: has none of the labels {', '.join(categories)}; take a pipeline "
            "that finds people or places"
        )

    def recognize(text: str) -> Iterator[tuple[int, int, str]]:
        for ent in nlp(text).ents:
            if category := categories.get(ent.label_):
                yield ent.start_char, ent.end_char, category

    return recognize
