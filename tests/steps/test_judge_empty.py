"""The judge step at its edge."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE, OPENAI

from judge import judge


def test_no_passage_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()
    with pytest.raises(ValueError, match=r"none\.jsonl: empty"):
        judge(MEDICINE, tmp_path / "none.jsonl", tmp_path / "out", llm=OPENAI)
