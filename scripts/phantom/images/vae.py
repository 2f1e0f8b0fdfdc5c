"""A small convolutional VAE (Kingma and Welling 2014) that draws images of a class."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from phantom.images.base import ImageGenerator, ImageRequest, Refused
from phantom.images.labelled import LabelledImages
from phantom.jsonl import replace_file
from phantom.registry import phantom_registry


class ConvVAE(nn.Module):
    """Two convolutions down, two up; the decoder is told the class.

    shape (Tuple[int, int, int]): Channels, height and width of the images.
    classes (int): How many. latent (int): Width of the code.
    """

    def __init__(
        self, shape: tuple[int, int, int], classes: int, latent: int = 16
    ) -> None:
        super().__init__()
        channels, height, width = shape
        self.shape, self.classes, self.latent = shape, classes, latent
        # Two halvings, rounded up; what is too much at the edges is cut off again.
        self.small = (-(-height // 4), -(-width // 4))
        area = self.small[0] * self.small[1]
        self.reads = nn.Sequential(
            nn.Conv2d(channels + classes, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * area, 2 * latent),
        )
        self.begins = nn.Linear(latent + classes, 64 * area)
        self.writes = nn.Sequential(
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(32, channels, 4, stride=2, padding=1),
        )

    def loss(self, pixels: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The negative evidence bound, a mean over the batch.

        pixels (Tensor): Shape (batch, channels, height, width), 0 to 1.
        labels (Tensor): Shape (batch,).
        """
        told = functional.one_hot(labels, self.classes).float()
        planes = told[:, :, None, None].expand(-1, -1, *pixels.shape[2:])
        mean, log_var = self.reads(torch.cat([pixels, planes], dim=1)).chunk(2, dim=1)
        log_var = log_var.clamp(-8, 8)
        code = mean + torch.randn_like(mean) * torch.exp(log_var / 2)
        missed = functional.binary_cross_entropy_with_logits(
            self._decode(code, told), pixels, reduction="sum"
        )
        divergence = (mean**2 + log_var.exp() - log_var - 1).sum() / 2
        return (missed + divergence) / len(pixels)

    @torch.no_grad()
    def draw(self, label: int, seed: int) -> Any:
        """One image of a class.

        RETURNS (Array): Bytes of the shape (height, width), or (height, width, 3).
        """
        chance = torch.Generator().manual_seed(seed)
        code = torch.randn(1, self.latent, generator=chance)
        told = functional.one_hot(torch.tensor([label]), self.classes).float()
        pixels = torch.sigmoid(self._decode(code, told))[0].permute(1, 2, 0)
        array = (pixels * 255).round().byte().numpy()
        return array[:, :, 0] if self.shape[0] == 1 else array

    def _decode(self, code: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        _, height, width = self.shape
        begun = self.begins(torch.cat([code, told], dim=1))
        planes = self.writes(begun.view(-1, 64, *self.small))
        return planes[:, :, :height, :width]


def train_vae(
    images: LabelledImages, steps: int, seed: int, batch: int = 64
) -> tuple[ConvVAE, float]:
    """Train a VAE. steps (int): Batches. RETURNS: It, and the mean loss at the end."""
    torch.manual_seed(seed)
    pixels = torch.from_numpy(images.pixels)
    labels = torch.from_numpy(images.labels).long()
    _, channels, height, width = pixels.shape
    model = ConvVAE((channels, height, width), len(images.classes))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    late: list[float] = []
    for step in range(steps):
        rows = torch.randint(len(pixels), (min(batch, len(pixels)),))
        optimizer.zero_grad()
        loss = model.loss(pixels[rows], labels[rows])
        loss.backward()
        optimizer.step()
        if step >= int(0.9 * steps):
            late.append(loss.item())
    return model.eval(), sum(late) / len(late)


def save_vae(model: ConvVAE, classes: Sequence[str], path: Path) -> None:
    """Write weights, shape and names of the classes to one file."""
    content = {
        "shape": list(model.shape),
        "latent": model.latent,
        "classes": list(classes),
        "weights": model.state_dict(),
    }
    with replace_file(path) as temporary:
        torch.save(content, temporary)


def load_vae(path: Path) -> tuple[ConvVAE, list[str]]:
    """Read what `save_vae` wrote. RAISES: ValueError if it is no such file."""
    if not path.is_file():
        raise ValueError(f"{path}: no such file; `image-model` trains one")
    try:
        content = torch.load(path, weights_only=True)
        shape, classes = tuple(content["shape"]), content["classes"]
        model = ConvVAE(shape, len(classes), content["latent"])
        model.load_state_dict(content["weights"])
    except Exception as error:  # torch's own have no common base
        raise ValueError(f"{path}: no model of `image-model` ({error})") from None
    return model.eval(), classes


@phantom_registry.phantom_image_generators("vae")
def vae(*, model: str, key: str) -> ImageGenerator:
    """Draws an image of the class that a fact or an attribute names.

    model (str): File that `image-model` wrote.
    key (str): Of the fact, or attribute, whose value is the name of a class.
    """
    loaded, classes = load_vae(Path(model))

    def generate(requests: Sequence[ImageRequest]) -> list[Any]:
        return [_draw_one(loaded, classes, key, request) for request in requests]

    return generate


def _draw_one(
    model: ConvVAE, classes: list[str], key: str, request: ImageRequest
) -> Any:
    value = request.find(key)
    if value is None:
        return Refused(f"no fact or attribute {key!r}")
    if value not in classes:
        return Refused(f"{key} is {value!r}, none of {', '.join(classes)}")
    return model.draw(classes.index(value), request.seed)
