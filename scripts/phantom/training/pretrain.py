"""An encoder read further on plain text, before anything is labelled.

S. Gururangan et al., "Don't Stop Pretraining", ACL 2020; the objective is that of BERT.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from phantom.corpora.origins import count_passages
from phantom.corpora.split import split_examples
from phantom.jsonl import write_json
from phantom.records import Example
from phantom.training.checkpoint import replace_folder
from phantom.training.distill import Tell
from phantom.training.masked import (
    cut_texts,
    find_encoder,
    load_masked,
    plain_encoder,
)
from phantom.training.masked_run import Run
from phantom.training.pretrained import (
    NOTE,
    Pretraining,
    PretrainSettings,
    read_folder_note,
)
from phantom.training.studentship import join_counts

HELD_OUT = 0.05


def pretrain(
    encoder: str,
    texts: Sequence[Example],
    output: Path,
    settings: PretrainSettings,
    *,
    resume: bool = True,
    tell: Tell = lambda title, total: lambda done: None,
) -> Pretraining:
    """Have an encoder guess masked words of texts, and write it without its head.

    encoder (str): A Hugging Face name, a path, or a package with an encoder.
    output (Path): Folder; beside it a checkpoint stands until the run has ended.
    resume (bool): Go on from the checkpoint if there is one.
    tell (Callable): Gets a title and a number of steps, returns what is told how many
        more are done.
    RAISES: ValueError if the checkpoint is of other settings or texts, there are too
        few texts, or the encoder can't tell masked words.
    """
    if Path(encoder).resolve() == output.resolve():
        raise ValueError(f"{output}: the encoder lies there; give another folder")
    unique = list({text.text: text for text in texts}.values())
    train, dev = hold_out(unique, settings.seed)
    masked = load_masked(encoder, settings.seed)
    earlier = read_folder_note(find_encoder(encoder))
    counts = count_passages(text.model_dump() for text in train)
    rows, held = (
        cut_texts(masked, [x.text for x in some], settings.window)
        for some in (train, dev)
    )
    run = Run(masked, rows, held, settings, digest(encoder, unique, settings))
    checkpoint = checkpoint_of(output)
    if resume and checkpoint.is_file():
        run.restore(checkpoint)
    output.parent.mkdir(parents=True, exist_ok=True)
    told = tell("guessing masked words", settings.steps)
    told(run.step)
    run.go_on(lambda: run.save(checkpoint), told)
    done = Pretraining(
        encoder=earlier.encoder if earlier else encoder,
        new_head=masked.headless,
        before=run.before,
        after=run.measure(),
        training_data=join_counts(earlier.training_data, counts) if earlier else counts,
        held_out=len(dev),
        settings=settings,
        curve=tuple(run.curve),
    )
    with TemporaryDirectory(dir=output.parent) as place:
        # One of its own: that of the temporary folder is closed to others.
        temporary = Path(place) / output.name
        plain_encoder(encoder, masked.model).save_pretrained(temporary)
        masked.tokenizer.save_pretrained(temporary)
        write_json(temporary / NOTE, done)
        replace_folder(temporary, output)
    checkpoint.unlink(missing_ok=True)
    return done


def hold_out(
    texts: Sequence[Example], seed: int
) -> tuple[list[Example], list[Example]]:
    """Texts to read and texts to measure on, none of which is related to the former.

    RAISES: ValueError if there are too few.
    """
    try:
        return split_examples(texts, HELD_OUT, seed=seed)
    except ValueError:
        raise ValueError(
            f"{len(texts):,} texts are too few, or too much alike, to hold "
            f"{HELD_OUT:.0%} of them out; add others"
        ) from None


def checkpoint_of(output: Path) -> Path:
    """Where the checkpoint of a run for this folder stands."""
    return output.with_name(f"{output.name}.checkpoint")


def digest(encoder: str, texts: Sequence[Example], settings: PretrainSettings) -> str:
    """Tell runs apart. RETURNS (str): 64 hexadecimal digits."""
    told = [encoder, settings.model_dump(mode="json"), [text.text for text in texts]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
