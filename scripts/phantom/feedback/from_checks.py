"""Hints for the next round: made by checks, kept where they may leave the house."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from phantom.feedback.hints import QUOTES, Hint, Hints
from phantom.packs.language import LanguageData

# A mean over fewer passages of private text may speak of single ones.
FEW = 50
FROM_FEW = f"drawn from fewer than {FEW} passages of real text, not declared public"

COUNTED = (
    "drawn from private text without noise, while a ledger counts what is lost of it "
    "(private-profile makes quotas and notes within the budget)"
)


def keep_hints(
    hints: Iterable[Hint],
    real_passages: int = 0,
    public: bool = False,
    ledger: Path | None = None,
) -> Hints:
    """The hints of a run; without `public` none that quotes real text or a few.

    ledger (Optional[Path]): Of privacy loss. Where it exists, somebody answers for a
        budget, and no hint of private text goes past it.
    """
    withheld = why_withheld(real_passages, public, ledger)
    kept: list[Hint] = []
    left_out: Counter[str] = Counter()
    for hint in hints:
        if public or not (hint.from_real or hint.quotes_real):
            kept.append(hint)
        elif hint.quotes_real:
            left_out[QUOTES] += 1
        elif withheld:
            left_out[withheld] += 1
        else:
            kept.append(hint)
    return Hints(
        public=public,
        real_passages=real_passages,
        left_out=dict(left_out),
        hints=kept,
    )


def why_withheld(real_passages: int, public: bool, ledger: Path | None) -> str:
    """Why what follows from real text stays in the report; "" if it may leave it.

    ledger (Optional[Path]): As `keep_hints` takes it.
    """
    if public:
        return ""
    if real_passages < FEW:
        return FROM_FEW
    return COUNTED if ledger is not None and ledger.is_file() else ""


def quote_words(
    rows: Sequence[Mapping[str, Any]], language: LanguageData, unit: str, top: int
) -> Iterator[Hint]:
    """Hints on words that one side uses at least twice as often as the other.

    rows (Sequence[Mapping[str, Any]]): With `word`, `times` and `z`, which is above 0
        where synthetic text has more.
    unit (str): "word" or "opening", the sentence that is taken.
    top (int): So many of each side.
    """
    far = [row for row in rows if row["times"] >= 2]
    ours = [row for row in far if row["z"] > 0][:top]
    theirs = [row for row in far if row["z"] < 0][:top]
    for row in [*ours, *theirs]:
        is_real = row["z"] < 0
        yield Hint(
            text=language.say(unit, "", is_real, word=row["word"]),
            size=row["times"],
            about=row["word"],
            of="word",
            quotes_real=is_real,
        )


def say_figure(
    language: LanguageData, unit: str, feature: str, ours: float, real: float
) -> str:
    """The sentence on a figure of both sides.

    unit (str): "share" of passages, "per passage" or "per 100 words".
    """
    figures = [f"{x:.0%}" if unit == "share" else round_two(x) for x in (ours, real)]
    return language.say(unit, feature, real > ours, ours=figures[0], real=figures[1])


def round_two(value: float) -> str:
    """Two digits: "0.068", "6.8", "120"."""
    return f"{float(f'{value:.2g}'):g}"
