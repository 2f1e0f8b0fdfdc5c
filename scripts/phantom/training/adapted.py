"""An adapted pipeline as a folder, whose meta.json says what it was adapted with."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from spacy.language import Language
from spacy.training import Example

from phantom.corpora.origins import count_corpus
from phantom.training.adapt import Adaptation
from phantom.training.checkpoint import replace_folder
from phantom.training.to_gold import count_training

# Told of the pipeline as it was before.
STALE = ("data_provenance", "benchmarks", "benchmarks_precision", "performance")


def note(nlp: Language, gold: Sequence[Example], adaptation: Adaptation) -> None:
    """Say in the meta that real data was used, which and how much."""
    counts = count_training(nlp, gold)
    for key in STALE:
        nlp.meta.pop(key, None)
    nlp.meta.pop("training_data", None)
    if counts is not None:
        nlp.meta["training_data"] = counts.model_dump()
    told = {
        **adaptation.model_dump(mode="json"),
        "origins": count_corpus(gold).model_dump(mode="json"),
    }
    nlp.meta["adapted"] = [*nlp.meta.get("adapted", ()), told]
    if adaptation.after is not None:
        nlp.meta["performance"] = adaptation.after.model_dump(mode="json")


def save(
    nlp: Language, folder: Path, gold: Sequence[Example], adaptation: Adaptation
) -> None:
    """Write a pipeline in the place of `folder`, whole or not at all.

    gold (Sequence[Example]): What `adaptation` is of; see `note`.
    """
    note(nlp, gold, adaptation)
    save_as(nlp, folder)


def save_as(nlp: Language, folder: Path) -> None:
    """Write a pipeline in the place of `folder`, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as temporary:
        nlp.to_disk(temporary)
        replace_folder(Path(temporary), folder)
