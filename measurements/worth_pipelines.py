"""Pipelines of `worth`: one for each row and seed, trained unless it is there."""

import argparse
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training import Example as Pair
from worth_rows import DOCUMENTS, SYNTHETIC, TOP, UNLABELLED, WITHOUT_GOLD

from phantom.corpora.docbin import to_doc
from phantom.corpora.mix import take_some
from phantom.corpora.origins import Permits
from phantom.corpora.windows import part_documents
from phantom.evaluation.benchmarks import read_split
from phantom.jsonl import read_jsonl, write_json
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import Pack
from phantom.passages.sentences import split_sentences
from phantom.passages.words import normalize
from phantom.records import Example
from phantom.runtime import blank_pipeline
from phantom.training import adapted
from phantom.training.adapt import adapt
from phantom.training.labelled import LabelledText, read_labelled_text
from phantom.training.passes import AdaptSettings
from phantom.training.points import train_from_encoder
from phantom.training.public_text import PublicText, read_public_text
from phantom.training.self_training import calibrate, pseudo_label
from phantom.training.to_gold import make_pairs, read_corpus, to_gold

# Shorter sentences, such as headings, stand in many texts that share nothing else.
FEW_WORDS = 5


class NothingToLearn(ValueError):
    """Why a row has no pipeline."""


def read_pipelines(given: list[str], seeds: list[int]) -> dict[int, Path]:
    """Finished pipelines by seed, of SEED=PATH, or PATH for seed 0.

    RAISES: ValueError if one is not there, of a seed that is not run, or given twice.
    """
    found: dict[int, Path] = {}
    for one in given:
        head, _, tail = one.partition("=")
        seed, path = (int(head), Path(tail)) if head.isdecimal() else (0, Path(one))
        if not (path / "meta.json").is_file():
            raise ValueError(f"--pipeline {one}: no pipeline (meta.json) in {path}")
        if seed in found or seed not in seeds:
            why = "is given twice" if seed in found else f"is not of --seeds {seeds}"
            raise ValueError(f"--pipeline {one}: seed {seed} {why}")
        found[seed] = path
    return found


@dataclass
class Pipelines:
    """Trains what the rows ask for, each in a folder beside its recipe.

    args (Namespace): `folder`, `pipelines` (finished ones by seed), `unlabelled` files
        and how many of their texts to `take`, and what `worth` trains with.
    """

    pack: Pack
    args: argparse.Namespace

    @cached_property
    def permits(self) -> Permits:
        """What may train, by the pack's map."""
        return Permits(load_benchmarks(self.pack).datasets)

    def gold(self, name: str) -> LabelledText | str:
        """All of a train split, or why it can't train."""
        dataset = load_benchmarks(self.pack).datasets[name]
        split = dataset.splits.get("train")
        if dataset.train == "forbidden":
            return f"its licence forbids to train ({dataset.licence})"
        if split is None or split.use is not None:
            return "its only labelled split is the one that is scored"
        path = self.args.data / split.file
        if not path.is_file():
            return f"{path} is not there"
        data = self.args.data
        return read_labelled_text(self.pack, path, "public", benchmarks=data)

    @cached_property
    def unlabelled(self) -> PublicText:
        """Public text of which no split of a benchmark, train and dev too, has any."""
        text = read_public_text(
            self.pack, self.args.unlabelled, benchmarks=self.args.data, private=[]
        )
        lang, known = self.pack.domain.lang, set[str]()
        for dataset in load_benchmarks(self.pack).datasets.values():
            for name, split in dataset.splits.items():
                if (self.args.data / split.file).is_file():
                    for x in read_split(dataset, name, self.args.data):
                        known |= sentences(x.text, lang)
        free = [x for x in text.examples if not sentences(x.text, lang) & known]
        count = f"{len(free):,} of {len(text.examples):,} unlabelled texts"
        print(f"{count} have no sentence of a benchmark")
        return text._replace(examples=free)

    def recipe(self, row: str, seed: int) -> dict[str, Any]:
        """What a pipeline depends on beside its row, gold and seed."""
        keys = ("steps", "corpus", "config", "encoder")
        found = {key: str(getattr(self.args, key)) for key in keys}
        on_top = row in (DOCUMENTS, UNLABELLED, TOP)
        found["pipeline"] = str(self.args.pipelines.get(seed, "")) if on_top else ""
        if row == UNLABELLED:
            found["unlabelled"] = ", ".join(map(str, self.args.unlabelled))
            found["take"] = str(self.args.take)
        return found

    def pipeline(self, row: str, name: str, count: int, seed: int) -> Path:
        """The pipeline of a row, trained unless it is there.

        RAISES: ValueError if what is there has another recipe.
        """
        if row == DOCUMENTS and seed in self.args.pipelines:
            given: Path = self.args.pipelines[seed]
            return given
        of = "" if row in WITHOUT_GOLD else f"-{name}-{count or 'all'}"
        label = row.format("k").replace(" ", "_").replace("+", "with")
        folder = self.args.folder / "pipelines" / f"{label}{of}-{seed}"
        note, recipe = folder.with_name(f"{folder.name}.json"), self.recipe(row, seed)
        if (folder / "meta.json").is_file() and note.is_file():
            made = json.loads(note.read_text(encoding="utf-8"))
            if made != recipe:
                raise ValueError(f"{folder}: of {made}, not {recipe}; delete it")
            return folder
        if row == TOP:
            self.adapted(folder, name, count, seed)
        elif row == UNLABELLED:
            self.self_trained(folder, seed)
        else:
            self.trained(folder, row, name, count, seed)
        write_json(note, recipe)
        return folder

    def trained(self, folder: Path, row: str, name: str, count: int, seed: int) -> None:
        """A pipeline from the encoder on, of synthetic text or of gold."""
        nlp = blank_pipeline(self.pack.domain.lang)
        if row in (SYNTHETIC, DOCUMENTS):
            every = list(read_jsonl(self.args.corpus / "train.jsonl", Example))
            short, documents = part_documents(self.pack, every)
            used = short + documents if row == DOCUMENTS else short
            docs = [to_doc(nlp, x) for x in used]
        else:
            text = self.gold(name)
            assert isinstance(text, LabelledText)
            taken = take_some(text.examples, count, seed)
            docs = [x.reference for x in make_pairs(nlp, taken, text.relations)]
        data = (self.args.corpus, docs, self.permits)
        recipe = (self.args.config, self.args.encoder)
        train_from_encoder(folder, data, recipe, self.args.steps, seed)

    def finished(self, seed: int) -> tuple[Language, list[Pair], list[Pair]]:
        """The pipeline of all synthetic text, with the text that it learnt and dev."""
        nlp = spacy.load(self.pipeline(DOCUMENTS, "", 0, seed))
        old, dev = (
            read_corpus(nlp, self.args.corpus / f"{side}.spacy")
            for side in ("train", "dev")
        )
        return nlp, old, dev

    def adapted(self, folder: Path, name: str, count: int, seed: int) -> None:
        """The pipeline of all synthetic text, adapted to k gold examples."""
        text = self.gold(name)
        assert isinstance(text, LabelledText)
        nlp, old, dev = self.finished(seed)
        pairs = to_gold(
            nlp,
            take_some(text.examples, count, seed),
            labels=text.labels,
            relations=text.relations,
            permits=self.permits,
        )
        settings = AdaptSettings(seed=seed)
        done = adapt(nlp, pairs, old, dev, labels=text.labels, settings=settings)
        adapted.save(nlp, folder, pairs, done)

    def self_trained(self, folder: Path, seed: int) -> None:
        """The same pipeline, after a pass over what it is sure of, as in `self-train`.

        RAISES: NothingToLearn if it is sure of nothing.
        """
        public = self.unlabelled
        taken = take_some(
            public.examples, min(self.args.take, len(public.examples)), seed
        )
        nlp, old, dev = self.finished(seed)
        try:
            labelled, _ = pseudo_label(nlp, taken, calibrate(nlp, dev))
        except ValueError as error:
            raise NothingToLearn(str(error)) from None
        labels = nlp.pipe_labels["ner"]
        pairs = to_gold(
            nlp, labelled, labels=labels, relations=(), permits=public.permits
        )
        settings = AdaptSettings(passes=1, seed=seed)
        done = adapt(nlp, pairs, old, dev, labels=labels, settings=settings)
        adapted.save(nlp, folder, pairs, done)


def sentences(text: str, lang: str) -> set[str]:
    """What a text shares with another if it has a sentence of it, or is all of it."""
    found = {normalize(text[a:b]) for a, b in split_sentences(text, lang)}
    return {normalize(text), *(x for x in found if x.count(" ") >= FEW_WORDS)}
