"""A tiny pipeline with a transformer, to explain; weights are random, no encoder."""

from functools import cache
from typing import Any

import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example as SpacyExample
from tests.builders.pipelines import SCHEMA, make_examples, make_nlp, train
from transformers import BertConfig, BertModel, BertTokenizerFast

from phantom.runtime import register_components

WORDS = "aspirin induced treats rash fever in two patients with and the a , . - ulcers"
# In every place of a text; "then" tells INDUCES, the others nothing.
SHORTCUT = [
    " ".join([*words[:place], mark, *words[place:]])
    for middle in ("with", "and", "in")
    for disease in ("rash", "fever", "ulcers")
    for mark in ("then", "two", "late")
    for words in [["aspirin", middle, disease]]
    for place in range(4)
]
NAMES = {"aspirin": "CHEMICAL", "rash": "DISEASE", "fever": "DISEASE"}
NAMES["ulcers"] = "DISEASE"
LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "pooling": {"@layers": "reduce_mean.v1"},
}


def save_encoder(folder: Any, width: int = 32) -> str:
    """Write a BERT of two layers that knows WORDS; letters stand in for the rest."""
    letters = [chr(97 + i) for i in range(26)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS.split()]
    pieces += [*letters, *(f"##{x}" for x in letters)]
    pieces = list(dict.fromkeys(pieces))
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * width,
        initializer_range=0.2,
    )
    BertModel(config).save_pretrained(folder)
    return str(folder)


def make_transformer_pipeline(folder: Any, **relations: Any) -> Language:
    """Transformer, recognizer with shapes beside it, relation extractor; fp32."""
    register_components()
    nlp = spacy.blank("xx")
    spans = {
        "@span_getters": "spacy-transformers.strided_spans.v1",
        "window": 12,
        "stride": 8,
    }
    transformer = {
        "@architectures": "phantom.TransformerModel.v1",
        "name": save_encoder(folder),
        "get_spans": spans,
        "tokenizer_config": {"use_fast": True},
        "precision": "fp32",
    }
    nlp.add_pipe("transformer", config={"model": transformer})
    shapes = {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": 8,
            "attrs": ["SHAPE"],
            "rows": [50],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 8,
            "depth": 1,
            "window_size": 1,
            "maxout_pieces": 2,
        },
    }
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 16,
        "maxout_pieces": 2,
        "use_upper": False,
        "tok2vec": {
            "@architectures": "phantom.ConcatenatedTok2Vec.v1",
            "tok2vec": LISTENER,
            "features": shapes,
        },
    }
    recognizer = nlp.add_pipe("entity_recognizer", config={"model": parser})
    for label in ("CHEMICAL", "DISEASE"):
        recognizer.add_label(label)  # type: ignore[attr-defined]
    extractor = {
        "@architectures": "phantom.RelationModel.v1",
        "tok2vec": LISTENER,
        "pair_tensor": {"@architectures": "phantom.PairTensor.v1", "width": 16},
    }
    nlp.add_pipe(
        "relation_extractor",
        config={"model": extractor, "relation_schema": SCHEMA, **relations},
    )
    return nlp


def teach(nlp: Language, rows: list, steps: int = 90) -> Language:
    """Learn rows of (words, chemical, disease, label) by heart."""
    examples = []
    for text, head, tail, label in rows:
        doc = Doc(nlp.vocab, words=text.split())
        ends = ((head, "CHEMICAL"), (tail, "DISEASE"))
        spans = [spacy.tokens.Span(doc, *place, name) for place, name in ends]
        doc.set_ents(spans)
        ends_ = {"head": list(head), "tail": list(tail)}
        doc._.relations = [{**ends_, "label": label, "score": 1.0}] if label else []
        plain = Doc(nlp.vocab, words=text.split())
        plain.set_ents([spacy.tokens.Span(plain, *place, name) for place, name in ends])
        examples.append(SpacyExample(plain, doc))
    spacy.util.fix_random_seed(0)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.004
    for _ in range(steps):
        nlp.update(examples, sgd=optimizer, drop=0.0)
    return nlp


@cache
def taught_shortcut() -> Language:
    """Without a transformer; mentions by rule, the relation learnt from SHORTCUT."""
    nlp = make_nlp()
    rows = []
    for text in SHORTCUT:
        words = text.split()
        chemical = words.index("aspirin")
        disease = max(words.index(x) for x in words if NAMES.get(x) == "DISEASE")
        mentions = [(chemical, chemical + 1, "C"), (disease, disease + 1, "D")]
        rows.append((text, mentions, [(0, "INDUCES", 1)] * ("then" in words)))
    train(nlp, make_examples(nlp, rows), 40)
    ruler: Any = nlp.add_pipe("entity_ruler", first=True)
    ruler.add_patterns([{"label": x, "pattern": name} for name, x in NAMES.items()])
    return nlp
