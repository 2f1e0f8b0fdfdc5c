"""Which predictions change in a swapped twin."""

from collections import Counter
from collections.abc import Sequence

from tests.builders import FINANCE, MEDICINE
from tests.builders.examples import example

from phantom.evaluation.audit.flips import find_swaps, measure_flips, swap_and_measure
from phantom.evaluation.audit.records import Audit
from phantom.evaluation.types import Link, Prediction, Request
from phantom.packs.pack import load_pack
from phantom.packs.swaps import read_swaps
from phantom.passages.swaps import Pair, Swap, Swapper

SWAPPER = Swapper(read_swaps(load_pack(MEDICINE)))
SEX = Pair("sex", "female", "male")
TEXTS = [
    "A woman took <CHEMICAL id=1>iron</CHEMICAL> for <DISEASE id=2>gout</DISEASE>.",
    "A man with <DISEASE id=1>gout</DISEASE> took <CHEMICAL id=2>iron</CHEMICAL>.",
]
EMPTY = Audit(
    domain="finance",
    source="here",
    origin="synthetic",
    documents=3,
    scores={},
    cells=[],
    spreads=[],
    parity=[],
)
WORDS = {"gout": "DISEASE", "iron": "CHEMICAL"}


def find(requests: Sequence[Request]) -> list[Prediction]:
    """Finds gout of men alone, iron always, and what is related if both are there."""
    found = []
    for request in requests:
        text, mentions = request.text, []
        for word, label in WORDS.items():
            if word in text and (word == "iron" or "woman" not in text):
                mentions.append((text.index(word), text.index(word) + 4, label))
        links = []
        if len(mentions) == 2:
            links = [Link(mentions[1][:2], mentions[0][:2], "TREATS")]
        found.append(Prediction(mentions, links, []))
    return found


def test_flips_by_hand() -> None:
    swaps = []
    for i, text in enumerate(TEXTS):
        made = SWAPPER.exchange(example(text, id=str(i)), SEX)
        assert isinstance(made, Swap)
        swaps.append(made)
    flips, flipped = measure_flips(swaps, find)
    by = {(f.task, f.label): f for f in flips if not f.old}
    # In either pair of twins gout is found in one alone, iron in both.
    assert (by["entities", "all"].flips, by["entities", "all"].predictions) == (2, 4)
    assert by["entities", "DISEASE"].share == 1
    assert by["entities", "CHEMICAL"].share == 0
    assert by["relations", "TREATS"].flips == 2
    assert by["entities", "all"].changed == 2 and by["entities", "all"].passages == 2
    first = flipped[0]
    assert (first.old, first.new) == ("female", "male")
    assert first.found == [("gout", "DISEASE"), ("iron \u2192 gout", "TREATS")]
    assert first.lost == [] and flipped[1].lost == first.found


def test_what_stands_in_the_sentence_before_does_not_count() -> None:
    made = SWAPPER.open_with(example("It was fine.", id="x"), SEX)
    assert isinstance(made, Swap)

    def name(requests: Sequence[Request]) -> list[Prediction]:
        return [Prediction([(0, 3, "DISEASE")], [], []) for _ in requests]

    flips, flipped = measure_flips([made], name)
    assert all(f.predictions == 0 for f in flips) and flipped == []


def test_passages_that_are_not_swapped_are_counted() -> None:
    texts = ["A woman, pregnant, left.", "A man left.", "Rain fell."]
    examples = [example(text, id=str(i)) for i, text in enumerate(texts)]
    left_out: Counter[str] = Counter()
    swaps = list(find_swaps(examples, SWAPPER, {}, left_out))
    assert left_out["sex: passages tied to their group by a word"] == 1
    ways = Counter(bool(s.opening[0]) for s in swaps if s.dimension == "sex")
    assert ways == {False: 1, True: 1}


def test_companies_and_places_of_finance() -> None:
    examples = [
        example(f"<ORG id=1>{name}</ORG> grew in <LOC id=2>Rome</LOC>.", id=name)
        for name in ("Acme", "Beta", "Gamma")
    ]

    def acme(requests: Sequence[Request]) -> list[Prediction]:
        return [
            Prediction([(0, 4, "ORG")] if r.text.startswith("Acme") else [], [], [])
            for r in requests
        ]

    found = swap_and_measure(EMPTY, load_pack(FINANCE), examples, ["PER"], acme)
    by = {(f.dimension, f.task, f.label): f for f in found.flips if not f.old}
    assert by["company", "entities", "ORG"].flips >= 1
    assert by["place", "entities", "all"].flips == 0
    assert by["place", "entities", "all"].passages == 3
