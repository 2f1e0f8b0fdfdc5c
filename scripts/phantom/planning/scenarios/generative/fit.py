"""A table of rows that nobody had, by the name of a model."""

from typing import Literal, get_args

from pydantic import Field

from phantom.planning.scenarios.generative.columns import Columns
from phantom.planning.scenarios.generative.copula import GaussianCopula
from phantom.planning.scenarios.generative.encoding import Block, TableEncoder
from phantom.records import Record

ModelName = Literal["vae", "gan", "copula"]
MODELS: tuple[ModelName, ...] = get_args(ModelName)


class ModelSettings(Record):
    """How a model is built and trained.

    model (str): vae, gan, or copula, which has no steps.
    steps (int): Batches of training. batch (int): Rows of one.
    hidden, latent (int): Widths of the layers, and of what rows are drawn from.
    rate (float): Of learning.
    condition (str): A category that the gan draws by; "" for none.
    """

    model: ModelName = "vae"
    steps: int = Field(default=1_000, ge=1)
    batch: int = Field(default=64, ge=2)
    hidden: int = Field(default=128, ge=1)
    latent: int = Field(default=8, ge=1)
    rate: float = Field(default=1e-3, gt=0)
    condition: str = ""


def make_rows(table: Columns, settings: ModelSettings, rows: int, seed: int) -> Columns:
    """Fit a model to a table and draw from it.

    rows (int): How many to draw. seed (int): The same seed gives the same rows.
    RAISES: ValueError if the condition is no category of the table.
    """
    encoder = TableEncoder(table)
    condition = _find(encoder, settings.condition)
    matrix = encoder.encode(table)
    if settings.model == "copula":
        copula = GaussianCopula(encoder, seed)
        copula.fit(matrix)
        return encoder.decode(copula.sample(rows))

    import torch

    from phantom.planning.scenarios.generative.gan import TableGAN
    from phantom.planning.scenarios.generative.vae import TableVAE, train_vae

    shape = (settings.hidden, settings.latent)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        real = torch.from_numpy(matrix)
        if settings.model == "vae":
            vae = TableVAE(encoder, *shape)
            train_vae(settings.steps, settings.batch, settings.rate)(vae, real)
            return encoder.decode(vae.sample(rows))
        gan = TableGAN(encoder, *shape, condition)
        gan.train(real, settings.steps, settings.batch, settings.rate)
        return encoder.decode(gan.sample(rows))


def _find(encoder: TableEncoder, name: str) -> Block | None:
    if not name:
        return None
    categories = [b for b in encoder.blocks if b.kind == "category"]
    for block in categories:
        if block.column == name and not encoder.template[name].numeric:
            return block
    known = ", ".join(
        b.column for b in categories if not encoder.template[b.column].numeric
    )
    raise ValueError(
        f"condition {name!r} is no category of the table; it has {known or 'none'}"
    )
