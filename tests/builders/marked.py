"""Examples whose mentions are marked in the text, so that one sees where they are."""

import re
from typing import Any

from hypothesis import strategies as st

from phantom.records import Entity, Example, Relation

# Signs that no augmenter touches; what stands between them is the mention.
OPEN, CLOSE = "⟦", "⟧"
_MARKED = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
WORDS = (
    *("The", "patient", "rarely", "naïve", "Straße", "p53", "5-HT", "12,500", "hmm"),
    *("history of", "shortness of breath", "400 mg", "illness", "commitee", "ΔF508"),
)
NAMES = ("hypertension", "severe hypertension", "HD", "İzmir flu", "no", "acid 5 mg")


def marked(text: str, *relations: tuple[int, str, int], **more: Any) -> Example:
    """An example of "Ten ⟦cats⟧ ate"; labels ANIMAL and FOOD take turns."""
    entities = [
        Entity(
            start=match.start(1),
            end=match.end(1),
            label=("ANIMAL", "FOOD")[i % 2],
            text=match[1],
        )
        for i, match in enumerate(_MARKED.finditer(text))
    ]
    return Example(
        id=more.pop("id", "m"),
        text=text,
        entities=tuple(entities),
        relations=tuple(Relation(head=h, tail=t, label=x) for h, x, t in relations),
        model="m",
        **more,
    )


@st.composite
def marked_examples(draw: st.DrawFn) -> Example:
    """Words with up to four marked mentions, and some relations between them."""
    parts = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=4)):
        place = draw(st.integers(0, len(parts)))
        parts.insert(place, f"{OPEN}{name}{CLOSE}")
    text = draw(st.sampled_from([" ", "  ", "-"])).join(parts) + "."
    count = len(_MARKED.findall(text))
    pairs = [(i, "EATS", i + 1) for i in range(0, count - 1, 2)]
    relations = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return marked(text, *relations)


def read_marks(text: str) -> list[str]:
    """What stands between the marks."""
    return _MARKED.findall(text)
