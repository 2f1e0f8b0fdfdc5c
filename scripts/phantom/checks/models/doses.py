"""Doses beside the mention of a drug, held against what is given of it."""

import re
from decimal import Decimal

from phantom.packs.language import LanguageData
from phantom.passages.figures import (
    Figure,
    find_figures,
    make_vocabulary,
    read_amount,
)
from phantom.passages.people import holds_word
from phantom.passages.sentences import split_sentences
from phantom.planning.scenarios.patients.rows import Drug
from phantom.records import Example

# Characters between a mention and its dose: after it ("given at a dose of"), before it
# ("400 mg of"), and from the dose to how often it is given.
_AFTER, _BEFORE, _OFTEN = 40, 14, 30
_UNIT = re.compile(r"[\s-]*[^\W\d_]+\s*")


class DoseReader:
    """Reads doses in a language."""

    def __init__(self, lang: str, language: LanguageData) -> None:
        self.lang = lang
        self.figures = language.figures
        self.words = language.people
        self.vocabulary = make_vocabulary(lang, self.figures, language.amounts)

    def compare(self, example: Example, index: int, drug: Drug) -> str | None:
        """Why the dose of a mention can't be, "" if it can.

        index (int): Of the entity that names the drug.
        RETURNS (Optional[str]): None where no dose stands, or none that compares.
        """
        if not drug.unit:
            return None
        low = self._amount(drug.lowest, drug.unit)
        high = self._amount(drug.highest, drug.unit)
        figure = self._find(example, index, drug.unit)
        if figure is None:
            return None
        tail = example.text[figure.end : figure.end + _OFTEN]
        unit = _UNIT.match(tail)
        rest = tail[unit.end() :] if unit else ""
        clause = re.split(r"[,;()]|\.\s", rest)[0]
        if rest.startswith(tuple(self.words.not_doses)) or holds_word(
            clause, self.words.not_daily
        ):
            return None
        times = self._times(clause)
        reach = figure.quantity.interval
        said = example.text[figure.start : figure.end + (unit.end() if unit else 0)]
        said = f"{drug.drug} {' '.join(said.split())}"
        if reach.low * Decimal(str(times)) > high:
            return f"{said} {times:g} times a day; at most {drug.highest:g} {drug.unit}"
        if reach.high < low:
            return f"{said}; at least {drug.lowest:g} {drug.unit} at once"
        return ""

    def _amount(self, value: float, unit: str) -> Decimal:
        return read_amount(value, unit, self.vocabulary, self.figures).amount

    def _times(self, clause: str) -> float:
        phrases = sorted(self.words.often, key=len, reverse=True)
        said = next((p for p in phrases if holds_word(clause, [p])), None)
        return self.words.often[said] if said else 1.0

    def _find(self, example: Example, index: int, unit: str) -> Figure | None:
        text, mention = example.text, example.entities[index]
        wanted = read_amount(1, unit, self.vocabulary, self.figures).unit
        inside = [
            (e.start, e.end) for i, e in enumerate(example.entities) if i != index
        ]
        start, end = next(
            (s, e)
            for s, e in split_sentences(text, self.lang)
            if s <= mention.start < e
        )
        found = [
            figure
            for figure in find_figures(text, self.vocabulary, self.figures)
            if start <= figure.start < end and figure.quantity.unit == wanted
        ]
        for figure in found:
            after = 0 <= figure.start - mention.end <= _AFTER
            before = 0 <= mention.start - figure.end <= _BEFORE
            gap = sorted((mention.end, figure.start, mention.start, figure.end))[1:3]
            clear = not any(gap[0] <= s < gap[1] for s, _ in inside)
            if (after or before) and clear:
                return figure
        return None
