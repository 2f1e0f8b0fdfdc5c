"""Tell synthetic from real text: cross-validated scores and tell-tale words."""

from collections import Counter
from typing import Any

import numpy as np


def cross_validate(
    data: list[str] | np.ndarray,
    positive: np.ndarray,
    folds: int,
    seed: int,
    others: list[str] | np.ndarray | None = None,
) -> np.ndarray:
    """Out-of-sample probability that a passage is synthetic.

    data (Union[List[str], np.ndarray]): Texts (character and word n-grams) or vectors,
        shape (cases, width).
    positive (ndarray): bool, True for synthetic, shape (cases,).
    others (Optional[Union[List[str], np.ndarray]]): More of them, which no fold learns
        from; each gets the mean of what the classifiers of all folds say.
    RETURNS (ndarray): shape (cases + others,).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression, SGDClassifier
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.preprocessing import StandardScaler

    is_text = not isinstance(data, np.ndarray)
    if is_text:
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), min_df=5, max_features=50_000
        )
        # Fitted on all texts once: the vocabulary knows no label.
        union = make_union(words, letters)
        matrix: Any = union.fit_transform(data).tocsr()
        further: Any = union.transform(others) if others else None
        linear = SGDClassifier(
            loss="log_loss", alpha=1e-5, max_iter=20, tol=None, random_state=seed
        )
    else:
        matrix, further = data, others
        linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))
    scores = np.zeros(len(positive))
    beside = np.zeros(0 if others is None else len(others))
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed)
    for train, test in splits.split(np.zeros(len(positive)), positive):
        linear.fit(matrix[train], positive[train])
        scores[test] = linear.predict_proba(matrix[test])[:, 1]
        if len(beside):
            beside += linear.predict_proba(further)[:, 1] / folds
    return np.concatenate([scores, beside])


def tell_tales(
    ours: list[list[str]], theirs: list[list[str]], stop: set[str], top: int = 40
) -> list[dict[str, Any]]:
    """Words that give the corpus away, with how much more frequent they are.

    z of two proportions, a word counted once per passage; |z| > 3 is reported. The
    ratio has half a passage added to each side.

    ours, theirs (List[List[str]]): Tokens of synthetic and of real passages.
    stop (Set[str]): Lower-cased words to leave out.
    """
    left = Counter(w for t in ours for w in {x.lower() for x in t} - stop)
    right = Counter(w for t in theirs for w in {x.lower() for x in t} - stop)
    rows = []
    for word in sorted(left.keys() | right.keys()):
        a, b = left[word], right[word]
        if a + b < 8 or not word[0].isalpha():
            continue
        pooled = (a + b) / (len(ours) + len(theirs))
        spread = pooled * (1 - pooled) * (1 / len(ours) + 1 / len(theirs))
        z = (a / len(ours) - b / len(theirs)) / np.sqrt(max(spread, 1e-12))
        if abs(z) > 3:
            ratio = ((a + 0.5) / len(ours)) / ((b + 0.5) / len(theirs))
            rows.append(_row(word, a, b, float(ratio), float(z)))
    synthetic = sorted((r for r in rows if r["z"] > 0), key=lambda r: -r["z"])
    real = sorted((r for r in rows if r["z"] < 0), key=lambda r: r["z"])
    return [*synthetic[:top], *real[:top]]


def contrast(ours: list[str], theirs: list[str], top: int = 15) -> list[dict[str, Any]]:
    """First two words of a passage that one side uses more than the other."""
    left, right = [[_opening(t)] for t in ours], [[_opening(t)] for t in theirs]
    return tell_tales(left, right, set(), top)


def _opening(text: str) -> str:
    return " ".join(text.lower().split()[:2])


def _row(word: str, a: int, b: int, ratio: float, z: float) -> dict[str, Any]:
    times = ratio if ratio >= 1 else 1 / ratio
    side = "synthetic" if ratio >= 1 else "real"
    amount = f"{times:.0f}" if times >= 10 else f"{times:.1f}"
    return {
        "word": word,
        "synthetic passages": a,
        "real passages": b,
        "times": round(times, 2),
        "z": round(z, 2),
        "in words": f"'{word}' is {amount} times more frequent in {side} text",
    }
