"""The configs that ship load and say what they lack."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE, OPENAI, ROOT

from phantom.llms import load_backend
from phantom.llms.openai import OpenAI
from phantom.packs.pack import load_pack


def test_no_key_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    backend = load_backend(OPENAI)
    assert isinstance(backend, OpenAI)
    with pytest.raises(ValueError, match="environment variable OPENAI_API_KEY"):
        backend.connect()
    assert load_pack(MEDICINE).guidelines


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "llm").glob("*.cfg")))
def test_every_preset_loads(path: Path) -> None:
    assert load_backend(path)
