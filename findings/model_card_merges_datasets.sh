#!/usr/bin/env bash
# A model card of the Hugging Face hub carries scores as a list of results, each with the
# name of its data set. One would guess that two results on two data sets stay two. The
# writer groups them by task and by the data set's type, config, split and revision, not by
# its name: where an in-house test set has no hub id and so a type such as "private", the
# scores of the second site end up below the name of the first. Nothing is said; what tells
# them apart again is a dataset_config (or split) of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q huggingface_hub==0.36.2
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import version

from huggingface_hub import EvalResult, ModelCardData

SITES = {"letters of site A": 0.81, "letters of site B": 0.52}


def written(**more: str) -> list[tuple[str, list[float]]]:
    results = [
        EvalResult(
            task_type="token-classification",
            dataset_type="private",
            dataset_name=name,
            metric_type="f1",
            metric_value=value,
            **{key: name for key in more},
        )
        for name, value in SITES.items()
    ]
    card = ModelCardData(model_name="m", eval_results=results).to_dict()
    return [
        (row["dataset"]["name"], [m["value"] for m in row["metrics"]])
        for row in card["model-index"][0]["results"]
    ]


print("huggingface_hub", version("huggingface_hub"))
merged, apart = written(), written(dataset_config="")
print("two data sets of one type:  ", merged)
print("each with a config, as well:", apart)
assert merged == [("letters of site A", [0.81, 0.52])], merged
assert apart == [(name, [value]) for name, value in SITES.items()], apart
PY
venv/bin/python try.py
echo "as described"
