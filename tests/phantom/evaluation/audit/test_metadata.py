"""Groups from files of the user's."""

from pathlib import Path

import pytest

from phantom.evaluation.audit.metadata import read_metadata


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.csv", 'id,ward,sex\na,"ICU, north",f\nb,,m\n'),
        ("m.tsv", "id\tward\tsex\na\tICU, north\tf\nb\t\tm\n"),
        (
            "m.jsonl",
            '{"id": "a", "ward": "ICU, north", "sex": "f"}\n{"id": "b", "sex": "m"}\n',
        ),
    ],
)
def test_tables_and_lines_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    wanted = {"a": {"ward": "ICU, north", "sex": "f"}, "b": {"sex": "m"}}
    assert read_metadata(path) == wanted


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("m.csv", "name,sex\na,f\n", "m.csv:2: no 'id'"),
        ("m.tsv", "id\tsex\na\tf\na\tm\n", "m.tsv:3: the id 'a' is there twice"),
        ("m.jsonl", '{"id": "a", "sex": ["f"]}\n', "m.jsonl:1: sex: give one value"),
        ("m.jsonl", "{\n", "m.jsonl:1: not valid JSON"),
        ("m.jsonl", "", "no rows"),
        ("m.xlsx", "", "give a .jsonl, .csv or .tsv"),
    ],
)
def test_what_is_wrong_is_told(
    tmp_path: Path, name: str, text: str, match: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ValueError, match=match):
        read_metadata(path)
