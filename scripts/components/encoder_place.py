"""Where an encoder is: the folder of an installed package that holds one."""

from importlib.util import find_spec
from pathlib import Path

from spacy.util import registry


@registry.misc("phantom.EncoderPlace.v1")
def find_encoder(name: str) -> str:
    """Turn the name of an installed encoder package into a path.

    name (str): Package, path or Hugging Face name; the last two are returned as
        they are.
    """
    spec = find_spec(name) if name.isidentifier() else None
    for folder in (spec and spec.submodule_search_locations) or []:
        if (Path(folder) / "model" / "config.json").exists():
            return str(Path(folder) / "model")
    return name
