"""One label for an abbreviation over a document: what its long form is, it is."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from phantom.passages.abbreviations import Definition, Span, find_uses
from phantom.records import Entity


def unify_abbreviations(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Give every use of a short form the label of its long form.

    Where the long form is no mention, the label that more than half of the uses have
    counts; without such a label no use is a mention. A mention that is longer than the
    short form stays, whatever it is, and so does all that no definition speaks of.

    text (str): A whole document.
    entities (Sequence[Entity]): Its mentions, such as those found sentence by sentence;
        they do not overlap.
    RETURNS (List[Entity]): In the order of the text; new ones have no id.
    """
    uses: defaultdict[Definition, list[Span]] = defaultdict(list)
    for use in find_uses(text):
        uses[use.definition].append((use.start, use.end))
    found = {(entity.start, entity.end): entity for entity in entities}
    for definition, spans in uses.items():
        label = _find_label(definition, spans, entities)
        for start, end in spans:
            touching = [x for x in found if x[0] < end and start < x[1]]
            if any(a < start or b > end for a, b in touching):
                continue
            if label and touching == [(start, end)]:
                entity = found[start, end]
                found[start, end] = entity.model_copy(update={"label": label})
                continue
            for place in touching:
                del found[place]
            if label:
                words = text[start:end]
                made = Entity(start=start, end=end, label=label, text=words)
                found[start, end] = made
    return [found[place] for place in sorted(found)]


def _find_label(
    definition: Definition, uses: Sequence[Span], entities: Sequence[Entity]
) -> str | None:
    first, last = definition.long
    for entity in entities:
        # Modifiers may be left off a mention: metastatic breast cancer (MBC).
        if entity.end == last and entity.start >= first:
            return entity.label
    labels = Counter(e.label for e in entities if (e.start, e.end) in set(uses))
    label, count = max(labels.items(), key=lambda x: x[1], default=(None, 0))
    return label if 2 * count > len(uses) else None
