"""The configs that ship load and say what they lack; one module alone has sockets."""

import ast
from pathlib import Path

import pytest
from tests.builders import MEDICINE, OPENAI, ROOT

from phantom.llms import load_backend
from phantom.llms.openai import OpenAI
from phantom.packs.pack import load_pack


def test_only_one_module_opens_sockets() -> None:
    """And only phantom.llms imports an LLM client; prove-egress watches sockets."""
    clients = {"openai", "httpx", "httpx2", "aiohttp", "requests", "urllib3", "http"}
    for path in sorted((ROOT / "scripts").rglob("*.py")):
        imported = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(node.module.split(".")[0])
        if path.name != "egress.py" and path.parent.name != "egress":
            assert not imported & (clients | {"socket"}), path


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
