"""How many mentions the passages hold, and where."""

from collections.abc import Iterator

import numpy as np

from phantom.checks.engine.base import Measure
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.feedback.from_checks import say_figure
from phantom.feedback.hints import Hint
from phantom.registry import phantom_registry

# Measures that a writer can change: their unit, and what a hint on them is about.
TOLD = {
    "mentions_per_passage": ("per passage", "entities"),
    "share_starting_with_entity": ("share", "first words"),
    "share_without_entity": ("share", "kind"),
}
# Synthetic over real; nearer to 1 is no difference to speak of.
NEAR = (0.8, 1.25)


@phantom_registry.phantom_checks("entity_statistics")
def entity_statistics(
    corpus: Corpus, context: CheckContext, *, reference: dict[str, float] | None = None
) -> Iterator[Measure | Hint]:
    """Density and length of mentions, beside figures of annotated text if stated.

    reference (Optional[Dict[str, float]]): The same figures of annotated real text, by
        name, where known.
    """
    if not len(corpus):
        return
    known = reference or {}
    for name, value in measure_entities(corpus).items():
        ours, real = round(value, 4), known.get(name)
        yield Measure(
            name=name,
            value=ours,
            detail=f"real text: {real}" if real is not None else "",
        )
        if real is None or name not in TOLD:
            continue
        size = (ours + 1e-9) / (real + 1e-9)
        if not NEAR[0] <= size <= NEAR[1]:
            unit, about = TOLD[name]
            yield Hint(
                text=say_figure(context.language, unit, name, ours, real),
                size=round(size, 2),
                about=about,
                of="entities",
                from_real=False,
            )


def measure_entities(corpus: Corpus) -> dict[str, float]:
    """Each figure of the whole corpus by name."""
    mentions = [entity for example in corpus for entity in example.entities]
    words = sum(sum(t.isalnum() for t in tokens) for tokens in corpus.tokens)
    lengths = [len(mention.text.split()) for mention in mentions]
    first = sum(bool(e.entities) and e.entities[0].start == 0 for e in corpus)
    texts = {m.text.lower() for m in mentions}
    return {
        "mentions_per_passage": len(mentions) / len(corpus),
        "mentions_per_100_words": 100 * len(mentions) / max(words, 1),
        "words_per_mention": float(np.mean(lengths)) if lengths else 0.0,
        "share_without_entity": sum(not e.entities for e in corpus) / len(corpus),
        "share_starting_with_entity": first / len(corpus),
        "relations_per_passage": sum(len(e.relations) for e in corpus) / len(corpus),
        "unique_surfaces_per_mention": len(texts) / max(len(mentions), 1),
    }
