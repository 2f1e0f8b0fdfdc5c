"""How like a table the rows are that a model made of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import ks_2samp, spearmanr
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from phantom.planning.scenarios.generative.columns import Column, Columns

_TREES = 100
_FOLDS = 5


class Marginal(NamedTuple):
    """How far one column is from the real one.

    distance (float): Kolmogorov-Smirnov of numbers, total variation of categories.
    missing (float): Share of missing values made, less that of the table.
    """

    column: str
    measure: str
    distance: float
    missing: float


# Rows made to train on, for each row that the model was fitted to.
TSTR_TIMES = 10
# Below it the row that a made one was moved from is taken for made: it stands among the
# forest's training rows as its near copy.
NEAR_COPIES = 0.3


class Quality(NamedTuple):
    """What synthetic rows are worth, each measure by a name.

    association (float): Mean difference of the associations of two columns.
    associations (Array): Real and synthetic, shape (2, columns, columns).
    detection (float): Area under the curve of a forest that tells them from real rows,
        cross-validated; 0.5 cannot tell, and near copies of single rows end near 0.
    real, synthetic (Optional[float]): Score on held-out real rows of a forest that
        was trained on real rows, and on synthetic ones: area under the curve, or the
        explained variance of a number. None without a target.
    copied (float): Share of the rows that the table has, word for word.
    """

    marginals: list[Marginal]
    association: float
    associations: Any
    detection: float
    real: float | None
    synthetic: float | None
    copied: float


def measure_quality(
    train: Columns, made: Columns, held_out: Columns | None, target: str, seed: int
) -> Quality:
    """Compare made rows with those that the model was fitted to.

    made (Columns): As many rows are compared as `train` has; all of them train what
        predicts the target, and are looked for in `train`. TSTR of few rows says more
        of their draw than of the model: make TSTR_TIMES as many.
    held_out (Optional[Columns]): Real rows that it never saw, for the target.
    target (str): A column to predict; "" for none.
    """
    like = made.take(np.arange(min(len(made), len(train))))
    real, fake = associations(train), associations(like)
    upper = np.triu_indices(len(train.columns), 1)
    scores: tuple[float | None, float | None] = (None, None)
    if target and held_out is not None:
        scores = (
            score_target(train, held_out, target, seed),
            score_target(made, held_out, target, seed),
        )
    known = {tuple(row.values()) for row in train.rows()}
    same = sum(tuple(row.values()) in known for row in made.rows())
    return Quality(
        [compare_column(a, like[a.name]) for a in train.columns],
        float(np.abs(real - fake)[upper].mean()) if len(upper[0]) else 0.0,
        np.stack([real, fake]),
        detect(train, like, seed),
        *scores,
        same / len(made),
    )


def compare_column(real: Column, made: Column) -> Marginal:
    """The distance of two columns, between 0 and 1."""
    missing = float(made.missing.mean() - real.missing.mean())
    if real.numeric:
        a, b = real.values[~real.missing], made.values[~made.missing]
        distance = ks_2samp(a, b).statistic if len(a) and len(b) else 1.0
        return Marginal(real.name, "KS", float(distance), missing)
    kinds = {*real.values, *made.values}
    shares = [
        abs((real.values == kind).mean() - (made.values == kind).mean())
        for kind in kinds
    ]
    return Marginal(real.name, "TV", float(sum(shares) / 2), missing)


def associations(table: Columns) -> Any:
    """How strongly each two columns hang together, shape (columns, columns), 0 to 1.

    Spearman's correlation of numbers, its size; Cramer's V of categories; the
    correlation ratio of a number within categories. Rows where either is missing are
    left out.
    """
    count = len(table.columns)
    found = np.eye(count)
    for i in range(count):
        for j in range(i):
            found[i, j] = found[j, i] = _associate(table.columns[i], table.columns[j])
    return found


def detect(real: Columns, made: Columns, seed: int) -> float:
    """The area under the curve with which a forest tells made rows from real ones.

    As many of each are compared, in the form that has no missing values.
    """
    chance = np.random.default_rng(seed)
    size = min(len(real), len(made))
    both = [t.take(chance.permutation(len(t))[:size]) for t in (real, made)]
    # Of all rows, so that neither side decides what is an outlier.
    matrix = np.concatenate([as_matrix(table, real) for table in both])
    labels = np.repeat([0, 1], size)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    forest = RandomForestClassifier(_TREES, random_state=seed)
    votes = cross_val_predict(forest, matrix, labels, cv=folds, method="predict_proba")
    return float(roc_auc_score(labels, votes[:, 1]))


def score_target(train: Columns, test: Columns, target: str, seed: int) -> float:
    """How well a forest trained on one table predicts a column of another."""
    names = [name for name in train.names if name != target]
    x_train, x_test = (
        as_matrix(Columns(tuple(t[n] for n in names)), train) for t in (train, test)
    )
    answers, truth = train[target], test[target]
    if answers.numeric:
        there, asked = ~answers.missing, ~truth.missing
        forest = RandomForestRegressor(_TREES, random_state=seed)
        forest.fit(x_train[there], answers.values[there])
        said = forest.predict(x_test[asked])
        return float(r2_score(truth.values[asked], said))
    kinds = sorted(set(truth.values))
    classifier = RandomForestClassifier(_TREES, random_state=seed)
    classifier.fit(x_train, answers.values.astype(str))
    votes = np.zeros((len(test), len(kinds)))
    for i, kind in enumerate(classifier.classes_):
        if kind in kinds:
            votes[:, kinds.index(kind)] = classifier.predict_proba(x_test)[:, i]
    areas = [
        roc_auc_score(truth.values == kind, votes[:, i]) for i, kind in enumerate(kinds)
    ]
    return float(np.mean(areas))


def as_matrix(table: Columns, like: Columns) -> Any:
    """Numbers as they are, categories one-hot; a missing number is far outside.

    like (Columns): Whose values the categories have.
    RETURNS (Array): Shape (rows, features).
    """
    parts = []
    for column in table.columns:
        if column.numeric:
            parts.append(np.nan_to_num(column.values, nan=-1e9).reshape(-1, 1))
            continue
        kinds: Sequence[str] = sorted(set(like[column.name].values))
        parts.append(np.stack([column.values == kind for kind in kinds], axis=1))
    return np.concatenate(parts, axis=1).astype(np.float64)


def _associate(one: Column, other: Column) -> float:
    there = ~one.missing & ~other.missing
    a, b = one.values[there], other.values[there]
    if len(a) < 2 or len(set(a)) < 2 or len(set(b)) < 2:
        return 0.0
    if one.numeric and other.numeric:
        return float(abs(spearmanr(a, b).statistic))
    if one.numeric or other.numeric:
        numbers, kinds = (a, b) if one.numeric else (b, a)
        numbers = numbers.astype(float)
        inside = sum(
            ((numbers[kinds == k] - numbers[kinds == k].mean()) ** 2).sum()
            for k in set(kinds)
        )
        whole = ((numbers - numbers.mean()) ** 2).sum()
        return float(np.sqrt(max(0.0, 1 - inside / whole)))
    rows, columns = sorted(set(a)), sorted(set(b))
    counts = np.array([[((a == r) & (b == c)).sum() for c in columns] for r in rows])
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / len(a)
    chi = ((counts - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi / len(a) / (min(counts.shape) - 1)))
