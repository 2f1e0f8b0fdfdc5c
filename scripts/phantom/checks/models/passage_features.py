"""Figures of a passage that need no labels, to hold two corpora side by side."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from phantom.checks.engine.context import CheckContext
from phantom.passages.abbreviations import SHORT_FORM
from phantom.passages.names import Matcher
from phantom.passages.words import TOKEN

SENTENCE = re.compile(r"[.!?]\s+(?=[^\W_a-zß-öø-ÿ])")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
DENSITY = " per 100 words"
# Figures that say of a passage yes or no.
SHARES = {"starts with a number", "ends in a full stop", "without a known name"}
# What a spec's kind and seeds decide, not its writer.
OF_KINDS = {"without a known name", "known names" + DENSITY}


def known_names(context: CheckContext, texts: Sequence[str]) -> Matcher | None:
    """Finds names of the pack's lexicons in these texts; None without lexicons.

    Names that a label's rules never take for a mention are left out.
    """
    if not context.lexicon:
        return None
    never = {n for label in context.pack.labels.values() for n in label.rules.never}
    return Matcher(
        (
            name
            for names in context.lexicon.values()
            for name in names
            if name.lower() not in never
        ),
        vocabulary={word.lower() for text in texts for word in TOKEN.findall(text)},
    )


def measure_passages(
    texts: Sequence[str], matcher: Matcher | None, openings: Mapping[str, str]
) -> dict[str, np.ndarray]:
    """Each figure by name, shape (passages,), float.

    "words per known name" is of the passages that hold such a name.

    openings (Mapping[str, str]): Openings to count, by the name of their figure.
    """
    columns: dict[str, list[float]] = defaultdict(list)
    for text in texts:
        for name, value in _measure(text, openings).items():
            columns[name].append(value)
        if matcher is None:
            continue
        names = [text[start:end] for start, end, _ in matcher.find(text)]
        density = 100 * len(names) / max(len(text.split()), 1)
        columns["known names" + DENSITY].append(density)
        columns["without a known name"].append(float(not names))
        if names:
            length = sum(len(name.split()) for name in names) / len(names)
            columns["words per known name"].append(length)
    return {name: np.array(values, float) for name, values in columns.items()}


def _measure(text: str, openings: Mapping[str, str]) -> dict[str, float]:
    words = text.split()
    count = max(len(words), 1)
    return {
        "words": len(words),
        "letters per word": len(text) / count,
        "sentences": len(SENTENCE.findall(text)) + 1,
        "abbreviations": len(SHORT_FORM.findall(text)),
        "numbers": len(NUMBER.findall(text)),
        "commas": text.count(","),
        "semicolons": text.count(";"),
        "colons": text.count(":"),
        "dashes": text.count("—") + text.count(" – ") + text.count(" - "),
        "hyphens": text.count("-") / count,
        "brackets": text.count("("),
        "percent signs": text.count("%"),
        "quotes": text.count('"') + text.count("“"),
        **{name: float(text.startswith(o)) for name, o in openings.items()},
        "starts with a number": float(text[:1].isdigit()),
        "ends in a full stop": float(text.rstrip().endswith(".")),
    }
