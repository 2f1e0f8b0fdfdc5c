"""Settings of a component: as saved, unless the config asks for others at load."""

from typing import Any

from spacy.util import registry

# What a trained component can be asked for anew; the rest goes with its weights.
ASKED = ("threshold", "positive_weight", "temperature", "exclusive")


@registry.misc("phantom.GivenSettings.v1")
class GivenSettings(dict):
    """Settings that know what the config gave, as "given", and is to be heard again.

    spaCy updates them with what was saved. That stands where the config says what it
    said then, for settings may have been changed on the component since. With
    `spacy.load(path, config=...)` it says something else, which goes before what was
    saved; and so it does where nothing tells what it said.

    settings (Dict[str, Any]): When the component is made.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        # As text, since srsly reads 0.3 from JSON as 0.30000000000000004.
        given = {x: repr(settings[x]) for x in ASKED if x in settings}
        super().__init__(settings, given=given)

    def update(self, saved: dict[str, Any]) -> None:  # type: ignore[override]
        """Take saved settings, but for those that the config now gives otherwise."""
        given, before = self["given"], saved.get("given", {})
        new = {k: self[k] for k in given if given[k] != before.get(k)}
        super().update({**saved, **new, "given": given})
