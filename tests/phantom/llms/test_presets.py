"""The configs that ship load and say what they lack; one module alone has sockets."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE, OPENAI, ROOT
from tests.builders.sources import imports

from phantom.llms import load_backend
from phantom.llms.openai import OpenAI
from phantom.packs.pack import load_pack


def test_only_one_module_opens_sockets() -> None:
    """And only phantom.llms imports an LLM client; prove-egress watches sockets."""
    clients = {"openai", "httpx", "httpx2", "aiohttp", "requests", "urllib3", "http"}
    for path in sorted((ROOT / "scripts").rglob("*.py")):
        if path.name != "egress.py" and path.parent.name != "egress":
            assert not imports(path) & (clients | {"socket"}), path


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
