"""What plan and check print is short, and leads on."""

from pathlib import Path

import pytest

from console.summaries import print_quotas
from console.verdict import print_next_round
from phantom.feedback.hints import Hint, Hints
from phantom.planning.quotas import Cell


def test_an_attribute_of_many_values_is_one_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    years = [Cell("year", str(1982 + i), 2.0, i % 3) for i in range(13)]
    print_quotas([Cell("kind", "none", 4.0, 5), *years])
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    assert rows[2:] == [
        ["kind", "none", "4", "5"],
        ["year", "(13", "values)", "26", "12"],
    ]


@pytest.mark.parametrize(
    ("folder", "command"),
    [("corpus/pets/round-1", True), ("smoke/pets/round-1", False)],
)
def test_the_next_round_is_of_a_corpus_that_commands_know(
    folder: str, command: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Hints(
        public=False,
        real_passages=0,
        hints=[Hint(text="Use 'should' rarely.", size=2, about="should", of="word")],
    )
    print_next_round(found, Path(folder) / "hints.json", Path("assets/domains/pets"))
    told = capsys.readouterr().out
    assert ("--vars.round 2" in told) is command
    assert "1 hints in" in told
