"""One label for an abbreviation over a document: what its long form is, it is."""

from collections.abc import Sequence

from phantom.passages.abbreviations import NONE, ShortForms, find_uses, unify
from phantom.records import Entity


def unify_abbreviations(
    text: str, entities: Sequence[Entity], forms: ShortForms = NONE
) -> list[Entity]:
    """Give every use of a short form the label of its long form.

    See `unify` in the component `document_definitions`.

    text (str): A whole document.
    entities (Sequence[Entity]): Its mentions, such as those found sentence by sentence;
        they do not overlap.
    forms (ShortForms): Of the language.
    RETURNS (List[Entity]): In the order of the text; new ones have no id.
    """
    known = {(entity.start, entity.end): entity for entity in entities}
    mentions = [(entity.start, entity.end, entity.label) for entity in entities]
    unified = []
    for start, end, label in unify(list(find_uses(text, forms)), mentions):
        entity = known.get((start, end))
        if entity is None:
            words = text[start:end]
            entity = Entity(start=start, end=end, label=label, text=words)
        unified.append(entity.model_copy(update={"label": label}))
    return unified
