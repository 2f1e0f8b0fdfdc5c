"""Labelled images to train a generator on: scikit-learn's digits, or an .npz file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DIGITS = "digits"


@dataclass(frozen=True)
class LabelledImages:
    """Images of classes.

    pixels (Array): Shape (images, channels, height, width), 0 to 1.
    labels (Array): Shape (images,), places in `classes`.
    classes (Tuple[str, ...]): Names of the classes.
    """

    pixels: Any
    labels: Any
    classes: tuple[str, ...]


def read_images(source: str, classes: tuple[str, ...] = ()) -> LabelledImages:
    """Read the train split of labelled images.

    source (str): "digits" for those of scikit-learn (1,797 of 8 x 8 pixels); else an
        .npz file as MedMNIST has them, with train_images and train_labels.
    classes (Tuple[str, ...]): Names of the classes in order; numbers if there are none.
    RAISES: ValueError if the file is no such file, or classes lack a name.
    """
    if source == DIGITS:
        from sklearn.datasets import load_digits

        digits = load_digits()
        images, labels, top = digits.images, digits.target, 16.0
    else:
        images, labels = _read_npz(Path(source))
        top = 255.0
    kinds = int(labels.max()) + 1
    names = classes or tuple(map(str, range(kinds)))
    if len(names) < kinds:
        raise ValueError(f"{source}: has {kinds} classes, but {len(names)} are named")
    if images.ndim == 3:
        images = images[..., None]
    pixels = np.asarray(images, dtype=np.float32).transpose(0, 3, 1, 2) / top
    return LabelledImages(pixels, labels, names)


def _read_npz(path: Path) -> tuple[Any, Any]:
    if not path.is_file():
        raise ValueError(f"{path}: no such file; give {DIGITS!r}, or an .npz file")
    try:
        with np.load(path, allow_pickle=False) as content:
            images, labels = content["train_images"], content["train_labels"]
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"{path}: {error}; an .npz file with train_images and train_labels is "
            "needed, as MedMNIST has them"
        ) from None
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise ValueError(f"{path}: train_images are no bytes of images in 2D")
    if labels.ndim == 2 and labels.shape[1] != 1:
        raise ValueError(
            f"{path}: train_labels has several labels an image; one needed"
        )
    return images, labels.reshape(-1).astype(int)
