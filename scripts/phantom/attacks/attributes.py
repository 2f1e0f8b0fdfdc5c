"""Attribute inference: do made rows give away what a person of the table has?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from phantom.attacks.membership import interval
from phantom.planning.scenarios.generative.columns import Column, Columns
from phantom.planning.scenarios.generative.quality import as_matrix
from phantom.records import Record

_TREES = 100
# Numbers are guessed by the quarter that they lie in.
_PARTS = 4


class Inference(Record):
    """How often a sensitive value is guessed from the others of a person.

    right (float): Of people of the private table, by an attacker who has made rows.
    beside (float): The same of people that the table never had: what anyone may learn
        of the kind of people, which is no leak of one.
    guess (float): Of people of the table, by the commonest value alone.
    gain (float): `right` less `beside`: what being in the table adds.
    low, high (float): Its 95% interval, by Newcombe's method.
    """

    sensitive: str
    people: int
    others: int
    right: float
    beside: float
    guess: float
    gain: float
    low: float
    high: float


def infer_attribute(
    made: Columns,
    private: Columns,
    holdout: Columns,
    sensitive: str,
    known: Sequence[str] = (),
    seed: int = 0,
) -> Inference:
    """Attack a table by the rows that were made of it.

    The attacker knows some columns of a person and learns the sensitive one from made
    rows; a control group that the rows were not made of shows what the attacker would
    know without the person.

    holdout (Columns): Rows of the same source, of people that are not in `private`.
    known (Sequence[str]): Columns that the attacker has; all others if empty.
    RAISES: ValueError if a column is not in all of the tables, or one is empty.
    Source: Giomi et al. 2023, A Unified Framework for Quantifying Privacy Risk in
    Synthetic Data (arXiv:2211.10459), section on inference.
    """
    tables = (made, private, holdout)
    names = list(known) or [name for name in made.names if name != sensitive]
    for table, kind in zip(tables, ("made", "private", "held-out"), strict=True):
        lost = [x for x in [sensitive, *names] if x not in table.names]
        if lost or not len(table):
            what = f"column {lost[0]!r}" if lost else "rows"
            raise ValueError(f"the {kind} table has no {what}")
    if not names:
        raise ValueError(f"no column beside {sensitive!r} to guess from")
    alike = [_like(table, made, [sensitive, *names]) for table in tables]
    answers, truth, control = (
        _classes(x[sensitive], alike[0][sensitive]) for x in alike
    )
    seen = [Columns(x.columns[1:]) for x in alike]
    rows, mine, theirs = (as_matrix(x, seen[0]) for x in seen)
    trees = ExtraTreesClassifier(_TREES, random_state=seed).fit(rows, answers)
    hits, misses = trees.predict(mine) == truth, trees.predict(theirs) == control
    kinds, counts = np.unique(answers, return_counts=True)
    low, high = _interval_of_gain(hits, misses)
    return Inference(
        sensitive=sensitive,
        people=len(hits),
        others=len(misses),
        right=round(float(hits.mean()), 4),
        beside=round(float(misses.mean()), 4),
        guess=round(float((truth == kinds[counts.argmax()]).mean()), 4),
        gain=round(float(hits.mean() - misses.mean()), 4),
        low=round(low, 4),
        high=round(high, 4),
    )


def _interval_of_gain(hits: Any, misses: Any) -> tuple[float, float]:
    """95% interval of a difference of two shares.

    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.
    """
    (p, low, high), (q, floor, roof) = (
        (float(x.mean()), *interval([bool(y) for y in x])) for x in (hits, misses)
    )
    return (
        p - q - float(np.hypot(p - low, roof - q)),
        p - q + float(np.hypot(high - p, q - floor)),
    )


def _like(table: Columns, made: Columns, names: Sequence[str]) -> Columns:
    """Some columns, numbers and categories as in the made table.

    A small table may have too few different numbers to be told for such.
    """
    return Columns(tuple(_column(table[x], made[x].numeric) for x in names))


def _column(column: Column, numeric: bool) -> Column:
    if column.numeric and numeric:
        return column
    cells = [_number(x) for x in column.values]
    if not numeric:
        return Column(column.name, np.array(cells, dtype=object), False)
    floats = [float(x) if _is_number(x) else np.nan for x in cells]
    return Column(column.name, np.array(floats), True)


def _number(value: Any) -> str:
    """A cell as text, the same for "3" and "3.0"."""
    text = str(value)
    return f"{float(text):g}" if _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _classes(column: Column, made: Column) -> Any:
    """Values as the attacker guesses them, shape (rows,), str."""
    if not made.numeric:
        return column.values.astype(str)
    there = made.values[~made.missing]
    edges = np.quantile(there, np.arange(1, _PARTS) / _PARTS)
    parts = np.searchsorted(edges, np.nan_to_num(column.values))
    return np.where(column.missing, "missing", parts.astype(str))
