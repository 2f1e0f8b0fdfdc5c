"""A spaCy pipeline with people and places, asked where a text names them."""

from collections.abc import Callable, Iterator

import spacy

# Labels of OntoNotes, CoNLL and what is trained on them.
CATEGORIES = {
    "PERSON": "name",
    "PER": "name",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
}
Recognize = Callable[[str], Iterator[tuple[int, int, str]]]


def load_recognizer(name: str) -> Recognize:
    """Load a pipeline by its package's name or its folder.

    RETURNS (Callable): From a text to places of mentions and their categories of Safe
        Harbor.
    RAISES: ValueError if there is no such pipeline, or it knows neither people nor
        places.
    """
    try:
        nlp = spacy.load(name)
    except OSError as error:
        raise ValueError(f"{name}: no spaCy pipeline ({error})") from None
    labels = {label for found in nlp.pipe_labels.values() for label in found}
    if not labels & CATEGORIES.keys():
        raise ValueError(
            f"{name}: has none of the labels {', '.join(CATEGORIES)}; take a pipeline "
            "that finds people or places"
        )

    def recognize(text: str) -> Iterator[tuple[int, int, str]]:
        for ent in nlp(text).ents:
            if category := CATEGORIES.get(ent.label_):
                yield ent.start_char, ent.end_char, category

    return recognize
