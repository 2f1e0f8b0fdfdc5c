#!/usr/bin/env bash
# The usual measure of made tables is the area under the curve of a classifier that tells
# made rows from real ones, cross-validated. One would guess that it ends at 0.5: rows that
# nobody can tell apart. Made rows that are real ones slightly moved, the worst that a
# generator can do for privacy, score far below 0.5: the copy of a held-out row is in the
# training part, with the other label. So a low figure is no sign of good rows, and a mean
# over generators, or "closer to 0.5 is better, below is best", rewards copying.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q numpy==2.4.0 scikit-learn==1.7.2
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import version

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

rows = StandardScaler().fit_transform(load_breast_cancer().data)
rng = np.random.default_rng(0)
rng.shuffle(rows)
real, other = rows[:284], rows[284:568]
near = real + rng.normal(0, 0.05, real.shape)


def detect(made: np.ndarray) -> float:
    x = np.vstack([real, made])
    y = np.repeat([0, 1], [len(real), len(made)])
    forest = RandomForestClassifier(300, random_state=0)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return roc_auc_score(
        y, cross_val_predict(forest, x, y, cv=folds, method="predict_proba")[:, 1]
    )


print("scikit-learn", version("scikit-learn"))
honest, copied = detect(other), detect(near)
print(f"rows of the same population, none of them copied: {honest:.2f}")
print(f"real rows moved by a twentieth of a deviation:    {copied:.2f}")
assert 0.4 < honest < 0.6 and copied < 0.35, (honest, copied)
PY
venv/bin/python try.py
echo "as described"
