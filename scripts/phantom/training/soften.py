"""Teachers that never saw a passage say how far its labels are to be believed.

Soft labels are those of G. Hinton et al., "Distilling the Knowledge in a Neural
Network", 2015; a teacher of k folds cannot have learnt an error by heart.
"""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from spacy.tokens import Doc
from spacy.util import load_config

from phantom.corpora.docbin import read_docbin, write_docbin
from phantom.corpora.origins import Permits
from phantom.corpora.split import group_related
from phantom.jsonl import load_json, load_record, read_some, write_json, write_jsonl
from phantom.records import Example
from phantom.runtime import load_pipeline, token_pipeline
from phantom.training import loop
from phantom.training.distill import Tell
from phantom.training.doubt import (
    Belief,
    FoldBeliefs,
    Softened,
    SoftenSettings,
    grade,
    judge,
    lower,
)
from phantom.training.folds import deal
from phantom.training.overrides import make_overrides
from phantom.training.points import fix_steps

KEY = "key.json"
# Of a corpus, what goes along as it is.
BESIDE = ("dev.spacy", "dev.jsonl", "labels", "mix")


def soften(
    corpus: Path,
    output: Path,
    config: Path,
    encoder: str,
    permits: Permits,
    settings: SoftenSettings,
    *,
    resume: bool = True,
    tell: Tell = lambda title, total: lambda done: None,
    out: IO[str] | None = None,
) -> Softened:
    """Write a copy of a corpus with soft relations, lower weights where in doubt, and
    how hard each passage is.

    corpus (Path): Folder that `convert` filled; it is not changed.
    output (Path): Folder of the copy. What a run that was interrupted had done lies in
        its folder "work" and is not done again.
    config (Path): Of the teachers' training; encoder (str): As `train` takes it.
    permits (Permits): Real text that may be in the corpus.
    RAISES: ValueError if the output is the corpus, its files don't belong together, or
        what was interrupted had other settings, or its passages fill fewer folds.
    """
    if output.resolve() == corpus.resolve():
        raise ValueError(f"{output}: the corpus itself; give another folder")
    examples = read_some(corpus / "train.jsonl", Example)
    overrides = make_overrides(config, corpus, encoder, settings.seed)
    vocab = token_pipeline(overrides.get("nlp.lang", read_lang(config))).vocab
    docs = list(read_docbin(corpus / "train.spacy", vocab))
    if [doc.text for doc in docs] != [example.text for example in examples]:
        raise ValueError(
            f"{corpus}: train.spacy and train.jsonl hold other texts; run `convert`"
        )
    groups = map(str, group_related(examples, kin=True))
    places = deal(list(groups), settings.folds, settings.seed)
    if empty := settings.folds - len(set(places)):
        raise ValueError(
            f"{corpus}: its passages are of fewer groups than {settings.folds} folds "
            f"({empty} are empty), as related ones stay together; take fewer folds"
        )
    work = begin(output, corpus, config, encoder, settings, resume)
    overrides |= fix_steps(config, settings.steps) if settings.steps else {}
    told = tell("asking teachers", len(docs))
    found = []
    for fold in range(settings.folds):
        path = work / f"fold-{fold}.json"
        inside = [doc for doc, at in zip(docs, places, strict=True) if at == fold]
        if not path.is_file():
            others = [doc for doc, at in zip(docs, places, strict=True) if at != fold]
            write_json(
                path,
                teach(
                    work / f"fold-{fold}",
                    *(config, others, inside, overrides, permits, settings, out),
                ),
            )
            shutil.rmtree(work / f"fold-{fold}")
        found.append(load_record(path, FoldBeliefs))
        told(len(inside))
    waiting = [iter(fold.beliefs) for fold in found]
    beliefs = [next(waiting[at]) for at in places]
    write(output, corpus, docs, examples, beliefs, permits, settings)
    shutil.rmtree(work)
    return Softened(
        passages=len(docs),
        lowered=sum(belief.agreement < settings.bound for belief in beliefs),
        pairs=sum(len(belief.chances) for belief in beliefs),
        teachers=tuple(fold.scores for fold in found),
        settings=settings,
    )


def read_lang(config: Path) -> str:
    """The language of a training config."""
    return str(load_config(config, interpolate=False)["nlp"]["lang"])


def begin(
    output: Path,
    corpus: Path,
    config: Path,
    encoder: str,
    settings: SoftenSettings,
    resume: bool,
) -> Path:
    """The folder of the work, new or of a run that was interrupted.

    RAISES: ValueError if that had other settings, or another corpus or config.
    """
    work = output / "work"
    files = (corpus / "train.spacy", corpus / "dev.spacy", config)
    key = {
        "encoder": encoder,
        "files": [hashlib.sha256(file.read_bytes()).hexdigest() for file in files],
        **settings.model_dump(mode="json"),
    }
    if not resume:
        shutil.rmtree(work, ignore_errors=True)
    if (work / KEY).is_file() and load_json(work / KEY) != key:
        raise ValueError(
            f"{work} is of a run with another corpus, config or settings; delete it, "
            "or start over with --no-resume"
        )
    write_json(work / KEY, key)
    return work


def teach(
    folder: Path,
    config: Path,
    docs: Sequence[Doc],
    held_out: Sequence[Doc],
    overrides: dict[str, Any],
    permits: Permits,
    settings: SoftenSettings,
    out: IO[str] | None,
) -> FoldBeliefs:
    """Train a teacher without a fold, and have it judge that fold.

    folder (Path): For its pipelines; an interrupted training there goes on.
    """
    path = folder / "train.spacy"
    write_docbin(path, docs, docs[0].vocab, permits)
    given = {**overrides, "paths.train": str(path)}
    best = loop.train(config, folder, given, stdout=out, stderr=out)
    nlp = load_pipeline(best)
    scores = nlp.meta.get("performance") or {}
    return FoldBeliefs(
        beliefs=tuple(judge(nlp, held_out, settings.soft_labels)),
        scores={key: scores.get(key) for key in ("ents_f", "rel_micro_f")},
    )


def write(
    output: Path,
    corpus: Path,
    docs: Sequence[Doc],
    examples: Sequence[Example],
    beliefs: Sequence[Belief],
    permits: Permits,
    settings: SoftenSettings,
) -> None:
    """Write the copy of the corpus, and `doubted.jsonl`, the most doubted first."""
    changed = []
    for doc, example, belief in zip(docs, examples, beliefs, strict=True):
        if belief.chances:
            doc.user_data["relation_chances"] = [list(x) for x in belief.chances]
        changed.append(grade(lower(example, belief, settings), belief))
        said = {"weight": changed[-1].weight, "meta": changed[-1].meta}
        doc.user_data["example"] = {**doc.user_data["example"], **said}
    write_docbin(output / "train.spacy", docs, docs[0].vocab, permits)
    write_jsonl(output / "train.jsonl", changed)
    order = sorted(range(len(docs)), key=lambda i: beliefs[i].agreement)
    doubted = [changed[i] for i in order if beliefs[i].agreement < settings.bound]
    write_jsonl(output / "doubted.jsonl", (x.named() for x in doubted))
    for name in BESIDE:
        if (corpus / name).is_dir():
            shutil.copytree(corpus / name, output / name, dirs_exist_ok=True)
        elif (corpus / name).is_file():
            shutil.copy(corpus / name, output / name)
