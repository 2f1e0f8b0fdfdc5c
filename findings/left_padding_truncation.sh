#!/usr/bin/env bash
# spacy-transformers 1.4.0 cuts what is longer than the encoder can read at the end of the
# padded batch. One would guess that only the long text loses wordpieces. With a tokenizer
# that pads on the left, as XLNet's does, the short texts of the same batch stand at that
# end: they lose all of theirs, and get no vector, without a warning. Alone they are read
# whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 spacy==3.8.18 spacy-transformers==1.4.0 \
    transformers==4.53.2
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import version

import spacy
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, XLNetConfig, XLNetModel

words = ["<unk>", "<pad>", "<s>", "</s>", *"abcdefgh"]
core = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, "<unk>"))
core.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=core, padding_side="left", model_max_length=8,
    unk_token="<unk>", pad_token="<pad>", bos_token="<s>", eos_token="</s>",
)
tokenizer.save_pretrained("tiny")
torch.manual_seed(0)
XLNetModel(
    XLNetConfig(vocab_size=len(words), d_model=16, n_layer=1, n_head=2, d_inner=16)
).save_pretrained("tiny")

nlp = spacy.blank("en")
nlp.add_pipe("transformer", config={"model": {
    "@architectures": "spacy-transformers.TransformerModel.v3",
    "name": "tiny",
    "tokenizer_config": {"use_fast": True},
    "get_spans": {"@span_getters": "spacy-transformers.doc_spans.v1"},
}})
nlp.initialize()
short, long = "a b c", " ".join("abcdefgh" * 2)
aligned = lambda doc: int(doc._.trf_data.align.lengths.sum())
alone = aligned(nlp(short))
together = [aligned(doc) for doc in nlp.pipe([short, long])]
print("spaCy", version("spacy"), "spacy-transformers", version("spacy-transformers"))
print("wordpieces that the three tokens of the short text are read by")
print("  alone:", alone)
print("  beside a text of 16:", together[0], "(the long one keeps", together[1], "of 16)")
assert alone == 3 and together == [0, 8], (alone, together)
PY
HF_HUB_OFFLINE=1 venv/bin/python try.py 2>/dev/null
echo "as described"
