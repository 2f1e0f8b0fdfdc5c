"""The metadata block of a Hugging Face model card."""

import re
from collections.abc import Sequence
from typing import Any

from huggingface_hub import EvalResult, ModelCardData

from phantom.shipping.card.facts import Score

# What the Hub knows a licence by; any other is "other" with its name.
LICENCES = {"mit", "apache-2.0", "cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "bsd-3-clause"}
TASKS = {"entities": ("token-classification", "NER"), "": ("other", "Relations")}


def metadata_block(facts: dict[str, Any]) -> str:
    """YAML between two lines of dashes: language, licence, tags and scores.

    facts (Dict[str, Any]): As `gather` has them.
    """
    licence = re.sub(r"[ _]+", "-", facts["licence"].lower())
    known = licence in LICENCES
    data = ModelCardData(
        language=facts["language"],
        license=licence if known else "other",
        license_name=None if known else licence,
        library_name="spacy",
        pipeline_tag="token-classification",
        tags=["spacy", "token-classification", "relation-extraction", "synthetic-data"],
        model_name=facts["name"],
        eval_results=_results(facts["scores"]) or None,
    )
    return f"---\n{data.to_yaml()}\n---\n"


def _results(scores: Sequence[Score]) -> list[EvalResult]:
    wholes = {(s.dataset, s.split, s.task) for s in scores if s.label == "all"}
    results = []
    for score in scores:
        # A label of its own only where there is no score of all together.
        if (score.dataset, score.split, score.task) in wholes and score.label != "all":
            continue
        type_, name = TASKS["entities" if score.task == "entities" else ""]
        of = "" if score.label == "all" else f", {score.label}"
        for metric, value in (
            ("precision", score.precision),
            ("recall", score.recall),
            ("f1", score.f1),
        ):
            results.append(
                EvalResult(
                    task_type=type_,
                    task_name=f"{name} ({score.task}{of})",
                    dataset_type=score.dataset,
                    dataset_name=score.title,
                    # Without it the Hub joins the tasks of one data set.
                    dataset_config=f"{score.task}{of}",
                    dataset_split=score.split,
                    metric_type=metric,
                    metric_name="F1" if metric == "f1" else metric.capitalize(),
                    metric_value=round(value / 100, 4),
                )
            )
    return results
