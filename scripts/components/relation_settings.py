"""Settings of a component: as saved, unless the config asks for others at load."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from spacy.util import registry

Schema = dict[str, dict[str, Any]]
# What a trained component can be asked for anew; the rest goes with its weights.
ASKED = (
    *("threshold", "thresholds", "threshold_apart"),
    *("positive_weight", "temperature", "exclusive"),
)


@registry.misc("phantom.GivenSettings.v1")
class GivenSettings(dict):
    """Settings that know what the config gave, as "given", and is to be heard again.

    spaCy updates them with what was saved. That stands where the config says what it
    said then, for settings may have been changed on the component since. With
    `spacy.load(path, config=...)` it says something else, which goes before what was
    saved; and so it does where nothing tells what it said.

    A schema given at load may change which entity labels a relation joins, of those
    that the weights know, and nothing else.

    settings (Dict[str, Any]): When the component is made.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        # As text, since srsly reads 0.3 from JSON as 0.30000000000000004.
        given = {x: repr(settings[x]) for x in (*ASKED, "schema") if x in settings}
        super().__init__(settings, given=given)

    def update(self, saved: dict[str, Any]) -> None:  # type: ignore[override]
        """Take saved settings, but for those that the config now gives otherwise.

        RAISES: ValueError for a schema that does not fit the weights.
        """
        given, before = self["given"], {"schema": "{}", **saved.get("given", {})}
        new = {k: self[k] for k in given if given[k] != before.get(k)}
        if new.get("schema"):
            new["schema"] = fit_schema(new["schema"], saved["schema"], saved["types"])
        elif "schema" in new:
            del new["schema"]
        if "threshold" in new:
            # Who asks for a threshold asks for it everywhere, unless they say so.
            new = {"threshold_apart": None, **new}
        super().update({**saved, **new, "given": given})


def fit_schema(asked: Schema, saved: Schema, types: list[str]) -> Schema:
    """The schema asked for, in the order of the weights.

    types (List[str]): Entity labels that the weights know.
    RAISES: ValueError if they know other relations or entity labels.
    """
    sides = [rule[key] for rule in asked.values() for key in ("head", "tail")]
    unknown = sorted({name for side in sides for name in side} - set(types))
    if set(asked) != set(saved) or unknown:
        named = f"entity labels {unknown}" if unknown else f"relations {sorted(asked)}"
        raise ValueError(
            f"relation_schema asks for {named} at load; the weights know relations "
            f"{sorted(saved)} between {types}. Train anew, or use those"
        )
    return {label: asked[label] for label in saved}


@registry.misc("phantom.LeastScores.v1")
def least_scores(settings: dict[str, Any], labels: Sequence[str]) -> np.ndarray:
    """The least probability of each label that is written, shape (labels,).

    settings (Dict[str, Any]): `threshold`, and `thresholds` by label over it.
    RAISES: ValueError for a label that the component does not have.
    """
    own = settings.get("thresholds") or {}
    unknown = [label for label in own if label not in labels]
    if unknown:
        raise ValueError(
            f"thresholds: no label {unknown[0]!r}; use one of: {', '.join(labels)}"
        )
    least = [float(own.get(label, settings["threshold"])) for label in labels]
    return np.maximum(np.array(least, dtype="float64"), 1e-9)
