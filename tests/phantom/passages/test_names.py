"""Two questions about how a name is written, told apart."""

import pytest

from phantom.passages.names import is_all_capitals, is_symbol


@pytest.mark.parametrize(
    ("name", "symbol", "capitals"),
    [
        ("TP53", True, True),
        ("IL-6", True, True),
        ("IgA", True, False),
        ("p53", True, False),
        ("Acme", False, False),
        ("asthma", False, False),
        ("NEW YORK", True, False),
        ("Acme Ltd", False, False),
    ],
)
def test_symbols_and_abbreviations(name: str, symbol: bool, capitals: bool) -> None:
    assert (is_symbol(name), is_all_capitals(name)) == (symbol, capitals)
