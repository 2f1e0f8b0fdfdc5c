"""Points of a curve: pipelines of so many synthetic and so many gold examples."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_config

from phantom.corpora.docbin import read_docbin, to_doc, write_docbin
from phantom.corpora.mix import take_some
from phantom.corpora.origins import Permits
from phantom.jsonl import load_record, read_jsonl, write_json
from phantom.records import Example, Record
from phantom.runtime import blank_pipeline
from phantom.training import loop
from phantom.training.adapt import adapt
from phantom.training.labelled import LabelledText
from phantom.training.overrides import make_overrides
from phantom.training.passes import AdaptSettings
from phantom.training.scoring import Scores, predict_beside, score
from phantom.training.to_gold import make_pairs, read_corpus, to_gold

WARMUP, DEV, FEWEST_STEPS, MOST_EPOCHS, BATCH = 0.1, 100, 100, 60, 750


class Point(Record):
    """One pipeline and what it scores on held-out gold.

    synthetic, gold (int): Examples that trained it; 0 for none.
    recipe (str): What else the score depends on; points of another are not mixed.
    on (str): Name of the finished pipeline that the gold came on top of, if any.
    """

    synthetic: int
    gold: int
    seed: int
    scores: Scores
    recipe: str
    on: str = ""


@dataclass
class Bench:
    """Where points are trained and scored.

    folder (Path): Gets a file for each point, and the pipelines.
    corpus (Path): That `convert` filled. lang (str): Of the domain.
    gold, test (LabelledText): What may train, and what is scored.
    steps (int): Of a training from the encoder on; fewer where data are few.
    finished (Dict[str, Path]): Pipelines by name, for points on top of them.
    """

    folder: Path
    corpus: Path
    config: Path
    encoder: str
    lang: str
    gold: LabelledText
    test: LabelledText
    permits: Permits
    recipe: str
    steps: int = 1200
    settings: AdaptSettings = field(default_factory=AdaptSettings)
    finished: dict[str, Path] = field(default_factory=dict)

    def read(self, path: Path) -> Point | None:
        """A point that is there. RAISES: ValueError if it is of another recipe."""
        if not path.is_file():
            return None
        point = load_record(path, Point)
        if point.recipe != self.recipe:
            raise ValueError(
                f"{path}: made with {point.recipe}, now it is {self.recipe}; give "
                "another folder, or delete this one"
            )
        return point

    def point(self, synthetic: int, gold: int, seed: int, on: str = "") -> Point:
        """Train and score a point, unless it is there.

        on (str): A finished pipeline; then `synthetic` is 0.
        """
        name = f"{on or synthetic}-{gold}-{seed}"
        path = self.folder / "points" / f"{name}.json"
        found = self.read(path)
        if found is not None:
            return found
        taken = take_some(self.gold.examples, gold, seed) if gold else []
        start = self.finished[on] if on else None
        if start is None and not (synthetic and gold):
            nlp = spacy.load(self.trained(synthetic, taken, seed))
        else:
            nlp = spacy.load(start or self.trained(synthetic, (), seed))
            if gold:
                self.adapt(nlp, taken, seed)
        point = Point(
            synthetic=synthetic,
            gold=gold,
            seed=seed,
            scores=self.score(nlp),
            recipe=self.recipe,
            on=on,
        )
        write_json(path, point)
        return point

    def score(self, nlp: Language) -> Scores:
        """Score a pipeline on the test examples, in the labels that they mark."""
        pairs = make_pairs(nlp, self.test.examples, self.test.relations)
        return score(nlp, predict_beside(nlp, pairs), self.test.labels)

    def trained(self, synthetic: int, gold: Sequence[Example], seed: int) -> Path:
        """A pipeline trained from the encoder on, of one kind of text."""
        folder = self.folder / "pipelines" / f"{synthetic}-{len(gold)}-{seed}"
        if (folder / "meta.json").is_file():
            return folder
        nlp = blank_pipeline(self.lang)
        if synthetic:
            given = list(read_jsonl(self.corpus / "train.jsonl", Example))
            docs = [to_doc(nlp, x) for x in take_some(given, synthetic, seed)]
        else:
            pairs = make_pairs(nlp, gold, self.gold.relations)
            docs = [pair.reference for pair in pairs]
        return train_from_encoder(
            folder,
            (self.corpus, docs, self.permits),
            (self.config, self.encoder),
            self.steps,
            seed,
        )

    def adapt(self, nlp: Language, gold: Sequence[Example], seed: int) -> None:
        """Adapt a pipeline to gold, with the synthetic text to rehearse on."""
        text = self.gold
        pairs = to_gold(
            nlp,
            gold,
            labels=text.labels,
            relations=text.relations,
            permits=self.permits,
        )
        old = read_corpus(nlp, self.corpus / "train.spacy")
        settings = self.settings.model_copy(update={"seed": seed})
        adapt(nlp, pairs, old, labels=text.labels, settings=settings)


def train_from_encoder(
    folder: Path,
    data: tuple[Path, Sequence[Doc], Permits],
    recipe: tuple[Path, str],
    steps: int,
    seed: int,
) -> Path:
    """Train a pipeline; its last weights count, so that no dev set has a say.

    data (Tuple): The folder that `convert` filled, the docs that train in the place of
        its own, and what of them may.
    recipe (Tuple[Path, str]): Config and encoder.
    steps (int): At most; no more than 60 epochs, no fewer than 100 steps.
    RETURNS (Path): `folder`, with the pipeline.
    """
    corpus, docs, permits = data
    work = folder.with_name(f"{folder.name}.work")
    vocab = docs[0].vocab
    write_docbin(work / "train.spacy", docs, vocab, permits)
    dev = list(read_docbin(corpus / "dev.spacy", vocab))[:DEV]
    write_docbin(work / "dev.spacy", dev, vocab)
    shutil.copytree(corpus / "labels", work / "labels", dirs_exist_ok=True)
    config, encoder = recipe
    overrides = make_overrides(config, work, encoder, seed)
    overrides |= fix_steps(config, count_steps(docs, steps))
    loop.train(config, work / "training", overrides)
    shutil.rmtree(folder, ignore_errors=True)
    (work / "training" / "model-last").rename(folder)
    shutil.rmtree(work)
    return folder


def count_steps(docs: Iterable[Doc], most: int) -> int:
    """Steps for a corpus: about sixty epochs, within bounds."""
    words = sum(len(doc) for doc in docs)
    return min(most, max(FEWEST_STEPS, MOST_EPOCHS * -(-words // BATCH)))


def fix_steps(config_path: Path, steps: int) -> dict[str, Any]:
    """Overrides for a training of so many steps, evaluated at its ends alone."""
    training = load_config(config_path, interpolate=False)["training"]
    overrides = {
        "training.max_steps": steps,
        "training.eval_frequency": steps,
        "training.patience": 0,
    }
    rate = training["optimizer"].get("learn_rate")
    if isinstance(rate, dict) and "total_steps" in rate:
        key = "training.optimizer.learn_rate"
        overrides[f"{key}.total_steps"] = steps
        overrides[f"{key}.warmup_steps"] = max(1, round(WARMUP * steps))
    return overrides
