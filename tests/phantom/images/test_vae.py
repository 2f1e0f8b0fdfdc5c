"""A VAE on scikit-learn's digits learns to draw them; models and data that are none."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from phantom.images.base import ImageRequest, Refused
from phantom.images.labelled import LabelledImages, read_images
from phantom.images.vae import load_vae, save_vae, train_vae, vae
from phantom.records import Amount, Facts, Term


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "digits.pt"
    images = read_images("digits")
    model, loss = train_vae(images, 150, seed=0)
    # The mean of all images, drawn each time, misses by 27.1 nats.
    assert loss < 26
    save_vae(model, images.classes, path)
    return path


def ask(seed: int = 0, **texts: str) -> ImageRequest:
    facts = Facts(texts=texts)
    return ImageRequest(id="x", text="A digit.", kind="report", facts=facts, seed=seed)


def test_what_it_draws_is_taken_for_its_class(trained: Path) -> None:
    digits = load_digits()
    judge = LogisticRegression(max_iter=200).fit(digits.data / 16, digits.target)
    draw = vae(model=str(trained), key="digit")
    asked = [ask(seed, digit=str(seed % 10)) for seed in range(100)]
    images = np.stack(list(draw(asked)))
    assert images.shape == (100, 8, 8) and images.dtype == np.uint8
    seen = judge.predict(images.reshape(100, -1) / 255)
    assert (seen == np.arange(100) % 10).mean() > 0.8
    # By seed, and no image twice.
    assert np.array_equal(images, np.stack(list(draw(asked))))
    assert len(np.unique(images.reshape(100, -1), axis=0)) == 100


def test_the_fact_names_the_class(trained: Path) -> None:
    draw = vae(model=str(trained), key="digit")
    facts = [
        Facts(texts={"digit": "7"}),
        Facts(numbers={"digit": Amount(value=7.0)}),
        Facts(entities={"digit": Term(label="DIGIT", text="7")}),
    ]
    requests = [ImageRequest(id="x", text="t", kind="k", facts=x) for x in facts]
    requests.append(ImageRequest(id="x", text="t", kind="k", attributes={"digit": 7}))
    images = list(draw(requests))
    assert all(np.array_equal(images[0], image) for image in images)
    none, other = draw([ask(), ask(digit="heart")])
    assert none == Refused("no fact or attribute 'digit'")
    assert isinstance(other, Refused) and other.reason.startswith("digit is 'heart'")


@pytest.mark.parametrize("shape", [(9, 28, 28), (9, 7, 10, 3)])
def test_files_as_of_medmnist(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = tmp_path / "some.npz"
    pixels = np.full(shape, 255, np.uint8)
    labels = np.arange(9)[:, None] % 2
    np.savez(path, train_images=pixels, train_labels=labels)
    images = read_images(str(path), ("normal", "ill"))
    assert images.pixels.max() == 1.0 and images.classes == ("normal", "ill")
    model, _ = train_vae(images, 2, seed=0)
    drawn = model.draw(1, seed=0)
    assert drawn.shape == shape[1:]
    with pytest.raises(ValueError, match="has 2 classes, but 1 are named"):
        read_images(str(path), ("normal",))


def test_what_is_no_data_or_model(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file; give 'digits'"):
        read_images(str(tmp_path / "none.npz"))
    path = tmp_path / "bad.npz"
    np.savez(path, images=np.zeros(3))
    with pytest.raises(ValueError, match="train_images and train_labels is needed"):
        read_images(str(path))
    many = {"train_images": np.zeros((2, 4, 4), np.uint8), "train_labels": np.eye(2)}
    np.savez(path, **many)
    with pytest.raises(ValueError, match="several labels an image"):
        read_images(str(path))
    with pytest.raises(ValueError, match="no such file; `image-model` trains one"):
        load_vae(tmp_path / "none.pt")
    with pytest.raises(ValueError, match="no model of `image-model`"):
        load_vae(path)


def test_the_same_seed_trains_the_same() -> None:
    images = LabelledImages(
        np.random.default_rng(0).random((8, 1, 8, 8), np.float32),
        np.arange(8) % 2,
        ("a", "b"),
    )
    assert train_vae(images, 3, seed=1)[1] == train_vae(images, 3, seed=1)[1]
