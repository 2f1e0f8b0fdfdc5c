"""All that a training run needs to go on where it stopped, on disk at any moment."""

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy
import srsly
import torch
from spacy.language import Language
from thinc.api import Model, Optimizer, get_current_ops, to_numpy

STATE_FILE = "state.msgpack"
MOMENTS = ("mom1", "mom2", "averages")
COUNTS = ("nr_update", "last_seen")
Key = tuple[int, str]


def write_checkpoint(folder: Path, nlp: Language, state: dict[str, Any]) -> None:
    """Write weights and state beside `folder`, then put them in its place.

    folder (Path): The checkpoint; what stands there is replaced as a whole.
    nlp (Language): Saved with its weights as they are, not their averages.
    state (Dict[str, Any]): What msgpack can hold, numpy arrays included.
    """
    new = _sibling(folder, "new")
    shutil.rmtree(new, ignore_errors=True)
    with _exact_weights(nlp):
        nlp.to_disk(new)
    with (new / STATE_FILE).open("wb") as file:
        file.write(srsly.msgpack_dumps(state))
        file.flush()
        os.fsync(file.fileno())
    _put_in_place(new, folder)


def replace_folder(source: Path, folder: Path) -> None:
    """Put a copy of `source` in the place of `folder`, whole or not at all."""
    new = _sibling(folder, "new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(source, new)
    _put_in_place(new, folder)


def _put_in_place(new: Path, folder: Path) -> None:
    old = _sibling(folder, "old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _exact_weights(nlp: Language) -> Iterator[None]:
    """Save fp32 where a shim would round to int8."""
    shims = [
        shim
        for _, proc in nlp.pipeline
        if isinstance(getattr(proc, "model", None), Model)
        for node in proc.model.walk()  # type: ignore[attr-defined]
        for shim in node.shims
        if getattr(shim, "as_int8", False)
    ]
    for shim in shims:
        shim.as_int8 = False
    try:
        yield
    finally:
        for shim in shims:
            shim.as_int8 = True


def find_checkpoint(folder: Path) -> Path | None:
    """The last complete checkpoint: `folder`, or its predecessor if the process died
    between the two renames."""
    for candidate in (folder, _sibling(folder, "old")):
        if (candidate / STATE_FILE).is_file():
            return candidate
    return None


def read_state(folder: Path) -> dict[str, Any]:
    """Read the state of a checkpoint.

    RAISES: ValueError if the file can't be read.
    """
    path = folder / STATE_FILE
    try:
        return srsly.msgpack_loads(path.read_bytes())
    except Exception as error:
        raise ValueError(
            f"{path}: not a checkpoint's state ({error}); delete {folder} to start over"
        ) from None


def delete_checkpoint(folder: Path) -> None:
    """Remove a checkpoint and what a killed process left of others."""
    for path in (folder, _sibling(folder, "new"), _sibling(folder, "old")):
        shutil.rmtree(path, ignore_errors=True)


def optimizer_state(nlp: Language, optimizer: Optimizer) -> dict[str, Any]:
    """The optimizer's moments, averages and counts, by names that outlive a process.

    RETURNS (Dict[str, Dict[str, Any]]): By attribute, then by "component/node/name".
    """
    state: dict[str, Any] = {}
    names = dict(parameter_names(nlp))
    for attribute in (*MOMENTS, *COUNTS):
        values = getattr(optimizer, attribute)
        if values is not None:
            state[attribute] = {
                names[key]: to_numpy(value) if attribute in MOMENTS else value
                for key, value in values.items()
            }
    return state


def restore_optimizer(
    nlp: Language, optimizer: Optimizer, state: dict[str, Any], steps: int
) -> None:
    """Put a saved state into a fresh optimizer and advance its schedules.

    steps (int): How many steps the saved optimizer had taken.
    RAISES: ValueError if a parameter of the state is not in the pipeline.
    """
    keys = {name: key for key, name in parameter_names(nlp)}
    ops = get_current_ops()
    for attribute, values in state.items():
        target = getattr(optimizer, attribute)
        for name, value in values.items():
            if name not in keys:
                raise ValueError(f"checkpoint: the pipeline has no parameter {name}")
            if attribute in MOMENTS:
                value = ops.asarray(cast(Any, numpy.array(value)))
            target[keys[name]] = value
    for _ in range(steps):
        optimizer.step_schedules()


def parameter_names(nlp: Language) -> Iterator[tuple[Key, str]]:
    """Pair each key that thinc's optimizer may hold with a name that is stable.

    thinc counts nodes and shims anew in each process; their order in a pipeline made
    from one config is the same.
    """
    for component, proc in nlp.pipeline:
        model = getattr(proc, "model", None)
        if not isinstance(model, Model):
            continue
        for i, node in enumerate(model.walk()):
            for name in node.param_names:
                yield (node.id, name), f"{component}/{i}/{name}"
            for j, shim in enumerate(node.shims):
                weights = getattr(shim, "_model", None)
                if isinstance(weights, torch.nn.Module):
                    for name, _ in weights.named_parameters():
                        yield (shim.id, name), f"{component}/{i}/shim{j}/{name}"


def random_state() -> dict[str, Any]:
    """States of the generators that training draws from: Python, numpy, torch."""
    version, numbers, gauss = random.getstate()
    kind, keys, position, has_gauss, cached = numpy.random.get_state(legacy=True)
    state = {
        "random": [version, list(numbers), gauss],
        "numpy": [kind, numpy.asarray(keys), position, has_gauss, cached],
        "torch": torch.get_rng_state().numpy(),
    }
    if torch.cuda.is_available():
        state["cuda"] = [s.cpu().numpy() for s in torch.cuda.get_rng_state_all()]
    return state


def restore_random(state: dict[str, Any]) -> None:
    """Set the generators to what `random_state` returned."""
    version, numbers, gauss = state["random"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, position, has_gauss, cached = state["numpy"]
    numpy.random.set_state((kind, numpy.array(keys), position, has_gauss, cached))
    torch.set_rng_state(torch.from_numpy(numpy.array(state["torch"])))
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(
            [torch.from_numpy(numpy.array(s)) for s in state["cuda"]]
        )


def _sibling(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")
