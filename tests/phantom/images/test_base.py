"""A generator of the user's: what it is asked, what it may give, what goes wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.builders import example

from phantom.images.base import (
    ImageRequest,
    Refused,
    draw_images,
    load_generator,
    make_requests,
)
from phantom.records import Facts, Spec
from phantom.registry import phantom_registry


def request(id: str) -> ImageRequest:
    return ImageRequest(id=id, text="t", kind="k")


def test_requests_have_the_facts_of_their_specs() -> None:
    facts = Facts(texts={"finding": "pneumonia"}, numbers={})
    specs = [Spec(id="a", kind="report", facts=facts, attributes={"view": "PA"})]
    (made,) = make_requests([example("Left lung.", id="a")], specs, seed=5)
    assert (made.text, made.kind, made.facts, made.seed) == (
        *("Left lung.", "report", facts, 5),
    )
    assert (made.find("finding"), made.find("view")) == ("pneumonia", "PA")
    assert made.find("other") is None
    with pytest.raises(ValueError, match="example b: no spec of that id"):
        list(make_requests([example("Left lung.", id="b")], specs, seed=0))


def test_all_forms_of_images_are_taken() -> None:
    gray, color = np.zeros((4, 6), np.uint8), np.zeros((4, 6, 3), np.uint8)
    given = {"a": gray, "b": color, "c": Image.new("1", (6, 4)), "d": Refused("why")}
    batches: list[int] = []

    def generate(some: Sequence[ImageRequest]) -> list[Any]:
        batches.append(len(some))
        return [given[x.id] for x in some]

    drawn = list(draw_images(generate, map(request, "abcd"), batch=3))
    assert batches == [3, 1]
    assert [x.request.id for x in drawn] == list("abcd")
    assert [getattr(x.image, "size", None) for x in drawn[:3]] == [(6, 4)] * 3
    assert [getattr(x.image, "mode", None) for x in drawn[:3]] == ["L", "RGB", "1"]
    assert drawn[3].image == Refused("why")


def test_one_that_fails_spoils_no_other() -> None:
    def generate(some: Sequence[ImageRequest]) -> list[Any]:
        if any(x.id == "b" for x in some):
            raise RuntimeError("out of memory")
        return [np.zeros((2, 2), np.uint8)] * len(some)

    drawn = list(draw_images(generate, map(request, "abc"), batch=3))
    assert [isinstance(x.image, Refused) for x in drawn] == [False, True, False]
    assert "out of memory" in str(drawn[1].image)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.zeros((4, 4)), "a: .*ndarray of float64 and shape \\(4, 4\\); give a PIL"),
        (np.zeros((4, 4, 4), np.uint8), "shape \\(4, 4, 4\\)"),
        (None, "a: the generator gave NoneType"),
    ],
)
def test_what_is_no_image_is_refused(image: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(draw_images(lambda some: [image], [request("a")], 1))


def test_too_few_images_are_no_images() -> None:
    with pytest.raises(ValueError, match="gave 1 images for 2 requests, a the first"):
        list(draw_images(lambda some: ["x"], map(request, "ab"), 2))


def test_a_file_names_a_generator_of_the_user(tmp_path: Path) -> None:
    @phantom_registry.phantom_image_generators("plain")
    def plain(*, size: int) -> Any:
        return lambda some: [Image.new("L", (size, size)) for _ in some]

    path = tmp_path / "plain.yml"
    path.write_text("generator: {plain: {size: 3}}")
    name, generator = load_generator(path)
    assert name == "plain"
    (drawn,) = draw_images(generator, [request("a")], 1)
    assert isinstance(drawn.image, Image.Image) and drawn.image.size == (3, 3)
    for text, said in (
        ("generator: {plain: {sise: 3}}", "'sise' is not a setting; did you mean"),
        ("generator: {pain: {}}", "no image_generator named 'pain'; did you mean"),
        ("other: {}", "generator: name one of .*plain.*vae"),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=said):
            load_generator(path)
