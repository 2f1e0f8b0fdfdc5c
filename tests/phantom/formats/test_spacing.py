import pytest

from phantom.formats.biomedical import join_biomedical
from phantom.formats.spacing import align, join_unsplit, rejoin


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("It 's 5 % ( n = 3 ) .", "It's 5% (n = 3)."),
        ('a " b c " d', 'a "b c" d'),
        ('the market , " said Ms W', 'the market," said Ms W'),
        ('said , " No . "', 'said, "No."'),
        ("T - cell 1 . 5", "T-cell 1.5"),
        ("Parkinson ' s -LRB- PD -RRB-", "Parkinson's (PD)"),
        ("the makers ' union", "the makers' union"),
        ("$ 3.4 bn , up", "$3.4 bn, up"),
        ("$ 50 , 000 on 31 , 2015", "$50,000 on 31, 2015"),
        ("( Reuters ) - Prices", "(Reuters) - Prices"),
        ("By : / s / Paul", "By:/s/Paul"),
        ("", ""),
    ],
)
def test_tokens_are_rejoined(tokens: str, text: str) -> None:
    joined, spans = rejoin(tokens.split())
    assert joined == text
    assert len(spans) == len(tokens.split())


def test_a_hyphen_that_the_tokenizer_kept_apart_stands_alone() -> None:
    assert rejoin("Boys 2013 - 2018".split(), join_unsplit)[0] == "Boys 2013 - 2018"


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("A - - > T at nt943 + 3", "A-->T at nt943+3"),
        ("85T > C , 703C > T", "85T>C, 703C>T"),
        ("Val - - > Asp", "Val--> Asp"),
        ("APC - / - colon", "APC-/- colon"),
        ("13 + / - 2", "13 +/- 2"),
        ("cardiac Na ( + ) channel", "cardiac Na(+) channel"),
        ("Feder , J . N . , and Enns", "Feder, J.N., and Enns"),
        ("( P = . 05 )", "(P = .05)"),
        ("( theta = 0 . 05 )", "(theta=0.05)"),
        ("intra - or extracellular", "intra- or extracellular"),
        ("a C - to - T change", "a C-to-T change"),
        ("homogentisate 1 , 2 - dioxygenase", "homogentisate 1,2-dioxygenase"),
        ("the past 2 , 000 years", "the past 2,000 years"),
    ],
)
def test_abstracts_have_rules_of_their_own(tokens: str, text: str) -> None:
    assert rejoin(tokens.split(), join_biomedical)[0] == text


def test_alignment_allows_white_space_only() -> None:
    assert align(["a", "-", "b"], "xx a-b c", 2) == [(3, 4), (4, 5), (5, 6)]
    assert align(["a", "c"], "a b c", 0) is None
