"""A student of fewer layers, distilled from a trained pipeline in two stages."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO

from spacy.language import Language
from spacy.tokens import Doc

from phantom.corpora.docbin import read_docbin, to_doc, write_docbin
from phantom.corpora.origins import Permits, count_passages
from phantom.jsonl import load_json, write_json
from phantom.records import Example
from phantom.training import loop
from phantom.training.adapted import save_as
from phantom.training.finishing import write_config
from phantom.training.matching import Matching, match_states
from phantom.training.student import (
    Told,
    encoder_of,
    label_texts,
    load_trained,
    soften_relations,
    take_words,
)
from phantom.training.studentship import DistillSettings, Studentship, describe

Tell = Callable[[str, int], Told]
# Of the synthetic dev set, enough to say how near the states are.
HELD_OUT = 300
# Of a step of the second stage, about, as in configs/train.cfg.
WORDS = 750
KEY = "key.json"


def distill(
    teacher: Path,
    corpus: Path,
    output: Path,
    config: Path,
    texts: list[Example],
    permits: Permits,
    settings: DistillSettings,
    *,
    resume: bool = True,
    tell: Tell = lambda title, total: lambda done: None,
    out: IO[str] | None = None,
) -> tuple[Path, Studentship]:
    """Draw the states to the teacher's, then train on gold and on its labels.

    teacher (Path): Folder of a trained pipeline; it is not changed.
    corpus (Path): Folder that `convert` filled; its dev set chooses the best weights.
    output (Path): Gets "model-best" and "model-last". What a run that was interrupted
        had done lies in its folder "work" and is not done again.
    config (Path): Of the training, for batches and optimizer.
    texts (List[Example]): Unlabelled public ones.
    tell (Callable): Gets a title and a number of steps, returns what is told
        how many more are done.
    RETURNS (Tuple[Path, Studentship]): The best pipeline, and what its meta.json says.
    RAISES: ValueError if the teacher can't have such a student, or a text may not
        train.
    """
    work, (expert, others) = output / "work", load_trained(teacher)
    if teacher.resolve().is_relative_to(output.resolve()):
        raise ValueError(f"{output}: the teacher lies there; give another folder")
    of = encoder_of(expert).model.transformer.config.num_hidden_layers
    if settings.layers >= of:
        raise ValueError(f"{settings.layers} layers: the teacher has {of}; keep less")
    name = "{lang}_{name}".format(**expert.meta)
    named = [text.model_copy(update={"labelled_by": name}) for text in texts]
    train = list(read_docbin(corpus / "train.spacy", expert.vocab))
    public = [to_doc(expert, text) for text in named]
    key = {"teacher": str(teacher.resolve()), "texts": len(train) + len(public)}
    key |= settings.model_dump(mode="json")
    goes_on = resume and (work / KEY).is_file() and load_json(work / KEY) == key
    if not goes_on:
        shutil.rmtree(work, ignore_errors=True)
        student, _ = load_trained(teacher, settings.layers)
        dev = list(read_docbin(corpus / "dev.spacy", expert.vocab))[:HELD_OUT]
        docs = [*train, *public]
        matching = match(expert, student, docs, dev, settings, tell)
        student.meta["student"] = Studentship(
            teacher=f"{name} {expert.meta['version']}",
            layers=settings.layers,
            of=of,
            public_texts=len(texts),
            left_out=tuple(others),
            matching=matching,
            settings=settings,
        ).model_dump(mode="json")
        save_as(student, work / "start")
        order = random.Random(settings.seed)
        some = list(take_words(train, WORDS * settings.steps, order))
        told = tell("asking the teacher", len(some) + len(public))
        soften_relations(expert, some, settings.teacher_share, told)
        label_texts(expert, public, told)
        write_docbin(work / "train.spacy", [*some, *public], expert.vocab, permits)
        write_json(work / KEY, key)
    best = finish(work, output, config, corpus, settings, goes_on, out)
    note = Studentship.model_validate(load_json(work / "start/meta.json")["student"])
    counts = count_passages(x.user_data.get("example") for x in [*train, *public])
    for folder in (best, output / "model-last"):
        meta = load_json(folder / "meta.json")
        write_json(folder / "meta.json", describe(meta, expert.meta, note, counts))
    shutil.rmtree(work)
    return best, note


def match(
    teacher: Language,
    student: Language,
    docs: list[Doc],
    dev: list[Doc],
    settings: DistillSettings,
    tell: Tell,
) -> Matching:
    """The first stage: `match_states` of both encoders."""
    return match_states(
        encoder_of(teacher).model,
        encoder_of(student).model,
        docs,
        dev,
        steps=settings.match_steps,
        learn_rate=settings.match_rate,
        batch=settings.match_wordpieces,
        seed=settings.seed,
        tell=tell("matching states", settings.match_steps),
    )


def finish(
    work: Path,
    output: Path,
    config: Path,
    corpus: Path,
    settings: DistillSettings,
    resume: bool,
    out: IO[str] | None,
) -> Path:
    """The second stage: `loop.train` from the student that the first left."""
    paths = {"train": work / "train.spacy", "dev": corpus / "dev.spacy"}
    rate, steps = settings.learn_rate, settings.steps
    write_config(work / "train.cfg", config, work / "start", paths, rate, steps)
    return loop.train(
        work / "train.cfg",
        output,
        {"system.seed": settings.seed},
        resume=resume,
        stdout=out,
        stderr=out,
    )
