"""The digest of a prompt follows what every request has in common."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE

from phantom.packs.pack import load_pack
from phantom.prompts.prompter import TEMPLATES, Prompter
from phantom.records import Spec

PACK = load_pack(MEDICINE)


def test_prompt_digest_follows_guidelines_and_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "medicine"
    folder.mkdir()
    for path in PACK.path.rglob("*"):
        if path.is_file() and "recording" not in path.parts:
            copy = folder / path.relative_to(PACK.path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    first = Prompter(load_pack(folder)).digest
    assert Prompter(load_pack(folder)).digest == first
    user = folder / "prompts" / "generate_user.jinja"
    ours = (TEMPLATES / "en" / user.name).read_text()
    user.write_text(ours + "\nPlease.")
    second = Prompter(load_pack(folder)).digest
    (folder / "guidelines.md").write_text("Write.")
    third = Prompter(load_pack(folder)).digest
    assert len({first, second, third}) == 3
    user.write_text("{{ nothing.here }}")
    with pytest.raises(ValueError, match=r"generate_user\.jinja: UndefinedError"):
        Prompter(load_pack(folder)).render([Spec(id="a", kind="k")])
    user.unlink()
    Prompter(load_pack(folder)).render([Spec(id="a", kind="k")])
    monkeypatch.setattr("phantom.prompts.prompter.TEMPLATES", tmp_path)
    with pytest.raises(ValueError, match=r"generate_system\.jinja: TemplateNotFound"):
        Prompter(load_pack(folder))
