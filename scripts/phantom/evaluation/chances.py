"""How likely a pipeline holds each mention that it considered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


# Ways to read a text that are followed at once, and the chance under which a mention
# is not worth telling.
WIDTH = 8
LEAST = 0.02


def find_chances(
    nlp: "Language", docs: "Sequence[Doc]"
) -> list[list[tuple[int, int, str, float]]]:
    """How likely a pipeline's entity recognizers hold each mention, by beam search.

    A recognizer decides step by step and gives no chances; of the likeliest ways to
    read a text, each has a share, and a mention has those of the ways that hold it.

    docs (Sequence[Doc]): Out of the pipeline; their entities are taken away, since a
        recognizer would take them as given.
    RETURNS (List[List[Tuple[int, int, str, float]]]): Start and end in characters,
        label and chance, by doc; empty without a recognizer that can tell.
    """
    found: list[list[tuple[int, int, str, float]]] = [[] for _ in docs]
    for _, pipe in nlp.pipeline:
        if not hasattr(pipe, "beam_parse") or not hasattr(pipe, "scored_ents"):
            continue
        for doc in docs:
            doc.set_ents([], default="missing")
        # It computes nothing for a doc without tokens, and then fails.
        filled = [i for i, doc in enumerate(docs) if len(doc)]
        recognizer: Any = pipe
        beams = recognizer.beam_parse([docs[i] for i in filled], beam_width=WIDTH)
        scored = recognizer.scored_ents(beams) if filled else []
        for i, chances in zip(filled, scored, strict=True):
            for (start, end, label), chance in sorted(chances.items()):
                span = docs[i][start:end]
                if chance >= LEAST:
                    found[i].append(
                        (span.start_char, span.end_char, label, min(chance, 1.0))
                    )
    return found
