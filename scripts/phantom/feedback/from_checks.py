"""Hints for the next round, made from a quality report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from phantom.feedback.hints import QUOTES, Hint, Hints

# A mean over fewer passages of private text may speak of single ones.
FEW = 50
WORDS, OPENINGS = 20, 5
FROM_FEW = f"drawn from fewer than {FEW} passages of real text, not declared public"
_SHARES = {
    "starts with the": "Begin with 'The'",
    "starts with a number": "Begin with a number",
    "ends in a full stop": "End in a full stop",
    "share_starting_with_entity": "Begin with an entity",
    "share_without_entity": "Name no entity",
    "without a known name": "Name nothing from the lexicons",
}
# What a spec's kind and seeds decide, not its writer.
_OF_KINDS = ("without a known name", "known names per 100 words")
# What a hint on these measures of entities is about.
_ENTITIES = {
    "mentions_per_passage": "entities",
    "share_starting_with_entity": "first words",
    "share_without_entity": "kind",
}


def make_hints(
    report: Mapping[str, Any],
    real_passages: int = 0,
    public: bool = False,
    reference: Mapping[str, float] | None = None,
) -> Hints:
    """Hints from a quality report; without `public` none that quotes real text.

    reference (Optional[Mapping[str, float]]): Figures of annotated real text, as
        checks.yml gives them to the check entity_statistics.
    """
    kept: list[Hint] = []
    left_out: Counter[str] = Counter()
    for measure in report["measures"]:
        for hint in _of_measure(measure, reference or {}):
            if public or hint.check == "entity_statistics":
                kept.append(hint)
            elif hint.quotes_real:
                left_out[QUOTES] += 1
            elif real_passages < FEW:
                left_out[FROM_FEW] += 1
            else:
                kept.append(hint)
    return Hints(
        public=public,
        real_passages=real_passages,
        left_out=dict(left_out),
        hints=kept,
    )


def _of_measure(
    measure: Mapping[str, Any], reference: Mapping[str, float]
) -> Iterator[Hint]:
    check, name, rows = measure["check"], measure["name"], measure["rows"]
    if check == "adversarial" and name == "tell_tales":
        words = [r for r in rows if len(r["word"]) > 1 and r.get("in names", 0) < 0.5]
        yield from _quoting(words, WORDS, "Use {!r} rarely.", "Use {!r} where it fits.")
    elif check == "adversarial" and name == "openings":
        never, often = "Seldom begin with {!r}.", "Begin with {!r} now and then."
        yield from _quoting(rows, OPENINGS, never, often)
    elif name == "features_far_from_real":
        # The rows stand in order of effect, the far ones first.
        for row in rows[: int(measure["value"])]:
            feature, ours, real = row["feature"], row["synthetic"], row["real"]
            text = _figure(feature, ours, real)
            about = "kind" if feature in _OF_KINDS else feature
            yield Hint(text=text, check=check, size=row["effect"], about=about)
    elif check == "entity_statistics" and name in reference and name in _ENTITIES:
        ours, real, about = measure["value"], reference[name], _ENTITIES[name]
        size = (ours + 1e-9) / (real + 1e-9)
        if not 0.8 <= size <= 1.25:
            text = _figure(name if name in _SHARES else about, ours, real)
            yield Hint(text=text, check=check, size=round(size, 2), about=about)


def _quoting(
    rows: Sequence[Mapping[str, Any]], top: int, rarely: str, often: str
) -> Iterator[Hint]:
    far = [row for row in rows if row["times"] >= 2]
    ours = [row for row in far if row["z"] > 0][:top]
    theirs = [row for row in far if row["z"] < 0][:top]
    for row in [*ours, *theirs]:
        yield Hint(
            text=(rarely if row["z"] > 0 else often).format(row["word"]),
            check="adversarial",
            size=row["times"],
            about=row["word"],
            quotes_real=row["z"] < 0,
        )


def _figure(name: str, ours: float, real: float) -> str:
    more = real > ours
    if name in _SHARES:
        often = "more" if more else "less"
        return (
            f"{_SHARES[name]} {often} often: in {real:.0%} of passages, not {ours:.0%}."
        )
    if name == "letters per word":
        return f"Use {'longer' if more else 'shorter'} words."
    if name == "hyphens":
        name, per, factor = "hyphens", "100 words", 100
    elif name.endswith(" per 100 words"):
        name, per, factor = name.removesuffix(" per 100 words"), "100 words", 1
    else:
        per, factor = "passage", 1
    amount = f"about {_round(factor * real)} per {per}, not {_round(factor * ours)}"
    return f"{'More' if more else 'Fewer'} {name}: {amount}."


def _round(value: float) -> str:
    """Two digits: "0.068", "6.8", "120"."""
    return f"{float(f'{value:.2g}'):g}"
