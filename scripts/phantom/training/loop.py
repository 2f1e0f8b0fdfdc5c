"""`spacy train` that survives an interruption and records its curve."""

import gc
import io
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from timeit import default_timer
from typing import IO, Any

from spacy.language import Language
from spacy.schemas import ConfigSchemaTraining
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import (
    DIR_MODEL_BEST,
    DIR_MODEL_LAST,
    clean_output_dir,
    create_before_to_disk_callback,
    create_evaluation_callback,
    update_meta,
)
from spacy.util import load_config, registry, resolve_dot_names
from thinc.api import Optimizer, constant, fix_random_seed, require_gpu

from phantom.corpora.drawn import Drawn, read_all
from phantom.corpora.weights import draw
from phantom.jsonl import write_jsonl
from phantom.runtime import register_components
from phantom.training import checkpoint
from phantom.training.pretrained import read_note, tell_origins
from phantom.training.progress import CurvePoint, Progress, run_digest
from phantom.training.tracking import Logger, join_loggers
from phantom.training.update import update_pipeline


def train(
    config_path: Path,
    output_dir: Path,
    overrides: dict[str, Any] | None = None,
    *,
    resume: bool = True,
    use_gpu: int = -1,
    curve_path: Path | None = None,
    tracker: Logger | None = None,
    stdout: IO[str] | None = None,
    stderr: IO[str] | None = None,
) -> Path:
    """Train a pipeline as `spacy train` does, with a checkpoint at every evaluation.

    config_path (Path): The training config.
    output_dir (Path): Gets "model-best", "model-last" and, until the run has ended,
        "checkpoint".
    overrides (Optional[Dict[str, Any]]): Config values by dotted name.
    resume (bool): Go on from the checkpoint if there is one, else start over.
    use_gpu (int): GPU id, -1 for the CPU.
    curve_path (Optional[Path]): JSON lines file for the points of the curve.
    tracker (Optional[Logger]): Is told what the config's logger is told.
    stdout, stderr (Optional[IO]): What the config's logger prints to; None is silent.
    RETURNS (Path): The folder of the best model.
    RAISES: ValueError if the checkpoint belongs to another config or corpus.
    """
    register_components()
    stdout, stderr = stdout or io.StringIO(), stderr or io.StringIO()
    output_dir.mkdir(parents=True, exist_ok=True)
    if use_gpu >= 0:
        require_gpu(use_gpu)
    config = load_config(config_path, overrides=overrides or {}, interpolate=False)
    nlp = init_nlp(config, use_gpu=use_gpu)
    run = Run(nlp, output_dir, curve_path)
    found = checkpoint.find_checkpoint(run.folder)
    if found and resume:
        run.restore(found)
        stdout.write(f"Resuming after step {run.progress.steps - 1}\n")
    else:
        clean_output_dir(output_dir)
        checkpoint.delete_checkpoint(run.folder)
    stdout.write(f"Pipeline: {nlp.pipe_names}\n")
    stdout.write(f"Learn rate: {run.optimizer.learn_rate}\n")
    with nlp.select_pipes(disable=run.settings["frozen_components"]):
        logger = join_loggers(run.settings["logger"], tracker)
        log_step, finalize = logger(nlp, stdout, stderr)
    # The corpus stays: without this, Python's collector goes through it at each step.
    gc.freeze()
    try:
        for info in run.steps():
            log_step(info)
    finally:
        gc.unfreeze()
        finalize()
    checkpoint.delete_checkpoint(run.folder)
    best = output_dir / DIR_MODEL_BEST
    stdout.write(f"Saved pipeline to output directory\n{best}\n")
    return best


class Run:
    """A training run: what stays the same, and its progress."""

    def __init__(self, nlp: Language, output_dir: Path, curve_path: Path | None):
        config = nlp.config.interpolate()
        if config["training"]["seed"] is not None:
            fix_random_seed(config["training"]["seed"])
        settings = registry.resolve(config["training"], schema=ConfigSchemaTraining)
        names = [settings["train_corpus"], settings["dev_corpus"]]
        train_corpus, dev_corpus = resolve_dot_names(config, names)
        self.nlp = nlp
        self.output_dir = output_dir
        self.folder = output_dir / "checkpoint"
        self.curve_path = curve_path
        self.settings: dict[str, Any] = settings
        self.optimizer: Optimizer = settings["optimizer"]
        self.dev_corpus: Callable[[Language], Iterable[Example]] = dev_corpus
        weights = settings["score_weights"]
        self.evaluate = create_evaluation_callback(nlp, dev_corpus, weights)
        self.prepare = create_before_to_disk_callback(settings["before_to_disk"])
        self.corpus: Callable[[Language], Iterable[Example]] = train_corpus
        self.examples: list[Example] = []
        if settings["max_epochs"] >= 0:
            self.examples = list(train_corpus(nlp))
            if not self.examples:
                raise ValueError(f"corpus {names[0]} of the config has no examples")
        self.digest = run_digest(config, self.examples or read_all(train_corpus, nlp))
        self.drawn = Drawn(self.examples)
        self.pretrained = read_note(config)
        self.order = random.Random()
        self.order.setstate(random.getstate())
        self.first_order = list(self.order.getstate()[1])
        self.progress = Progress()
        self.random: dict[str, Any] | None = None

    def restore(self, folder: Path) -> None:
        """Take weights, optimizer, generators and progress from a checkpoint."""
        state = checkpoint.read_state(folder)
        if state["digest"] != self.digest:
            raise ValueError(
                f"{folder} is of a run with another config or corpus; delete it "
                "or start over without resuming"
            )
        self.nlp.from_disk(folder)
        progress = Progress(**state["progress"])
        progress.results = [(score, step) for score, step in progress.results]
        progress.curve = [CurvePoint(**point) for point in state["curve"]]
        self.progress = progress
        self.first_order = state["order"]
        self.order.setstate((3, tuple(self.first_order), None))
        checkpoint.restore_optimizer(
            self.nlp, self.optimizer, state["optimizer"], progress.steps
        )
        self.random = state["random"]

    def save(self, is_best: bool, info: dict[str, Any]) -> None:
        """Write the last and best model, the curve, and at last the checkpoint."""
        with self.nlp.select_pipes(disable=self.settings["frozen_components"]):
            update_meta(self.settings, self.nlp, info)
        last = self.save_last()
        best = self.output_dir / DIR_MODEL_BEST
        if is_best:
            checkpoint.replace_folder(last, best)
        if self.curve_path:
            write_jsonl(self.curve_path, self.progress.curve)
        progress = {
            key: getattr(self.progress, key)
            for key in ("steps", "words", "seconds", "results")
        }
        state = {
            "digest": self.digest,
            "progress": progress,
            "curve": [point.model_dump() for point in self.progress.curve],
            "order": self.first_order,
            "random": checkpoint.random_state(),
            "optimizer": checkpoint.optimizer_state(self.nlp, self.optimizer),
        }
        checkpoint.write_checkpoint(self.folder, self.nlp, state)

    def calibrate(self) -> None:
        """Set the temperature of relation scores by the dev corpus."""
        calibrate = register_components()["relation_calibration"].calibrate_relations
        for name, pipe in self.nlp.pipeline:
            frozen = name in self.settings["frozen_components"]
            if "temperature" in getattr(pipe, "cfg", {}) and not frozen:
                calibrate(self.nlp, name, self.dev_corpus(self.nlp))

    def save_last(self) -> Path:
        """Write the model as it stands, with averaged weights if there are any."""
        last = self.output_dir / DIR_MODEL_LAST
        self.nlp.meta |= tell_origins(self.drawn.count(), self.pretrained)
        with self.nlp.use_params(self.optimizer.averages or {}):
            self.prepare(self.nlp).to_disk(last)
        return last

    def steps(self) -> Iterator[dict[str, Any] | None]:
        """Train on from where the progress stands.

        YIELDS (Optional[Dict[str, Any]]): Per step, what spaCy's loggers expect:
            the evaluation's info, or None where none was made.
        """
        done = self.progress
        patience, end = self.settings["patience"], self.settings["max_steps"]
        rate = self.settings["dropout"]
        dropouts: Any = constant(rate) if isinstance(rate, float) else rate
        batches = self.batches()
        for _, (_, batch), _ in zip(range(done.steps), batches, dropouts, strict=False):
            self.drawn.add(batch)
        if self.random is not None:
            checkpoint.restore_random(self.random)
        started = default_timer() - done.seconds
        losses: dict[str, float] = {}
        for epoch, batch in batches:
            if done.is_over(patience, end):
                break
            step = done.steps
            if self.settings["before_update"]:
                self.settings["before_update"](self.nlp, {"step": step, "epoch": epoch})
            update_pipeline(
                self.nlp, batch, self.settings, drop=next(dropouts), losses=losses
            )
            self.drawn.add(batch)
            done.steps += 1
            done.words += sum(len(example) for example in batch)
            if step % self.settings["eval_frequency"]:
                yield None
                continue
            with self.nlp.use_params(self.optimizer.averages or {}):
                self.calibrate()
                score, scores = self.evaluate()
            done.seconds = default_timer() - started
            info = done.add_point(epoch, losses, score, scores)
            info["output_path"] = str(self.output_dir / DIR_MODEL_LAST)
            self.save(score == max(done.results)[0], info)
            yield info
            losses = {}
        self.save_last()

    def batches(self) -> Iterator[tuple[int, list[Example]]]:
        """Shuffle and batch, epoch after epoch, as spaCy does; mind the weights.

        The order has a generator of its own, so that a resumed run can go through
        the batches again without training on them.
        """
        epoch, last = 0, self.settings["max_epochs"]
        while last < 1 or epoch != last:
            if last >= 0:
                self.order.shuffle(self.examples)
            source = self.examples if last >= 0 else self.corpus(self.nlp)
            for batch in self.settings["batcher"](draw(source, self.order)):
                yield epoch, list(batch)
            epoch += 1
