"""Diagnoses of predictions that are wrong in a known way."""

from collections import Counter

import numpy as np
import pytest
from tests.builders import MEDICINE, example
from tests.builders.gaps import GAPS, make_corpus, make_gap_cases

from phantom.evaluation.cases import make_cases, make_requests
from phantom.evaluation.diagnosis.asks import make_asks
from phantom.evaluation.diagnosis.cells import find_weaknesses
from phantom.evaluation.diagnosis.diagnose import Diagnoser
from phantom.evaluation.diagnosis.records import Diagnosis, Item, Mistake
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.evaluation.types import Link, Prediction
from phantom.packs.language import load_language
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(MEDICINE)


class Letters:
    """An encoder of the tests: counts of the letters of a span, and of its text."""

    def embed_words(self, texts: list[str], spans: list) -> list[np.ndarray]:
        return [
            np.array([_count(text[a:b]) for a, b in found]).reshape(-1, 26)
            for text, found in zip(texts, spans, strict=True)
        ]


def _count(text: str) -> list[float]:
    return [float(text.lower().count(chr(97 + i))) for i in range(26)]


def diagnose(
    pack: Pack, gold: list[Example], found: list[Prediction], training: list[Example]
) -> Diagnosis:
    dataset = synthetic_dataset(pack, "dev.jsonl")
    requests = make_requests(dataset, gold, pack.relations)
    cases = make_cases(dataset, gold, requests, found)
    language = load_language("en", pack.path)
    return Diagnoser(pack, dataset, language, training, Letters())(cases, "dev")


@pytest.mark.parametrize("name", GAPS)
def test_a_planted_gap_is_named_and_asked_for(pack: Pack, name: str) -> None:
    gap, names, asked = GAPS[name]
    dev = make_corpus(500, 1, pack)
    training = [x for x in make_corpus(900, 2, pack) if not gap.passage(x)]
    language = load_language("en", pack.path)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    diagnoser = Diagnoser(pack, dataset, language, training)
    diagnosis = diagnoser(make_gap_cases(gap, dev, pack), "dev")
    found = diagnosis.weaknesses[:3]
    assert {(w.facet, w.value) for w in found} & names, [w.name for w in found]
    (first,) = [w for w in found if (w.facet, w.value) in names][:1]
    assert first.training == 0 and first.lack == 1
    asks = make_asks(pack, diagnosis, language, [], set(), 100, 4, Counter())
    cells = [{"kinds": ask.kinds, **ask.attributes} for ask in asks]
    assert any(fits(pack, cell, asked) for cell in cells[:3]), cells
    assert sum(ask.count for ask in asks) in range(90, 125)


def fits(pack: Pack, cell: dict, asked: dict) -> bool:
    """Whether a cell has the asked values, and no other kinds than those asked."""
    wanted = asked.get("kinds", ())
    if any(cell.get(key) != asked[key] for key in asked.keys() - {"kinds"}):
        return False
    return not wanted or bool(cell["kinds"]) and set(cell["kinds"]) <= set(wanted)


def test_without_a_gap_no_weakness_is_large(pack: Pack) -> None:
    gap = GAPS["a label"][0]
    nothing = gap._replace(passage=lambda x: False)
    dev = make_corpus(500, 1, pack)
    training = make_corpus(900, 2, pack)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    diagnoser = Diagnoser(pack, dataset, load_language("en"), training)
    found = diagnoser(make_gap_cases(nothing, dev, pack), "dev").weaknesses
    assert all(w.excess < 12 and w.lack < 0.6 for w in found) and len(found) < 4


def test_errors_by_type(pack: Pack) -> None:
    gold = [
        example("<DISEASE id=1>Renal failure</DISEASE> was seen.", id="short"),
        example("Old <DISEASE id=1>gout</DISEASE> was seen.", id="long"),
        example("<DISEASE id=1>Lithium</DISEASE> was seen.", id="label"),
        example("<DISEASE id=1>Asthma</DISEASE> was seen.", id="missed"),
        example("Nothing was seen.", id="spurious"),
        example("A very <DISEASE id=1>bad cold</DISEASE> came.", id="across"),
        example("<DISEASE id=1>Mumps</DISEASE> was seen.", id="right"),
    ]
    found = [
        [(0, 5, "DISEASE")],
        [(0, 8, "DISEASE")],
        [(0, 7, "CHEMICAL")],
        [],
        [(0, 7, "GENE")],
        [(2, 10, "DISEASE")],
        [(0, 5, "DISEASE")],
    ]
    predictions = [Prediction(list(mentions), [], [[]]) for mentions in found]
    diagnosis = diagnose(pack, gold, predictions, [])
    types = {diagnosis.texts[m.example].id: m.type for m in diagnosis.mistakes}
    assert types == {
        "short": "too short",
        "long": "too long",
        "label": "label",
        "missed": "missed",
        "spurious": "spurious",
        "across": "boundary",
    }
    assert diagnosis.confusion == {
        "DISEASE": {"DISEASE": 4, "CHEMICAL": 1, "": 1},
        "": {"GENE": 1},
    }
    assert diagnosis.families["mentions"] == (5, 6)
    assert diagnosis.families["passages"] == (1, 7)
    assert "no training text at hand: what it lacks is not told" in diagnosis.notes


def test_relation_errors(pack: Pack) -> None:
    text = (
        "<CHEMICAL id=1>Aspirin</CHEMICAL> relieved <DISEASE id=2>gout</DISEASE>. "
        "<DISEASE id=3>Ulcers</DISEASE> were blamed on <CHEMICAL id=4>it</CHEMICAL>."
    )
    gold = [example(text, (1, "TREATS", 2), (4, "INDUCES", 3), id="x")]
    mentions = [(e.start, e.end, e.label) for e in gold[0].entities]
    aspirin, gout, ulcers, it = (m[:2] for m in mentions)
    links = [
        Link(aspirin, gout, "INDUCES"),  # another label
        Link(aspirin, ulcers, "INDUCES"),  # spurious, over a sentence border
    ]
    diagnosis = diagnose(pack, gold, [Prediction(mentions, links, [links])], gold)
    found = {(m.type, m.gold, m.predicted): m.facets for m in diagnosis.mistakes}
    assert found.keys() == {
        ("label", "TREATS", "INDUCES"),
        ("missed", "INDUCES", ""),
        ("spurious", "", "INDUCES"),
    }
    missed = found["missed", "INDUCES", ""]
    assert missed["direction"] == "tail first"
    assert missed["border"] == "in one sentence"
    assert missed["distance"] == "0-4 words"
    assert missed["ends"] == "CHEMICAL to DISEASE"
    spurious = found["spurious", "", "INDUCES"]
    assert spurious["border"] == "over a sentence border"
    assert diagnosis.relation_confusion["TREATS"] == {"TREATS": 0, "INDUCES": 1}
    assert diagnosis.families["relations"] == (2, 2)
    assert diagnosis.families["pairs"] == (1, 2)


def test_the_nearest_training_text_says_what_taught_the_error(pack: Pack) -> None:
    gold = [
        example(f"<DISEASE id=1>zzzz</DISEASE> came {i}.", id=f"d{i}") for i in "ab"
    ]
    training = [
        example("We used zzzz then.", id="unmarked"),
        example("<DISEASE id=1>mmmm</DISEASE> came.", id="marked"),
    ]
    diagnosis = diagnose(pack, gold, [Prediction([], [], [[]])] * 2, training)
    (cluster,) = diagnosis.clusters
    assert cluster.name == "missed: DISEASE, plain" and len(cluster.mistakes) == 2
    for shown in cluster.shown:
        assert shown.support[0].example == "unmarked"
        assert shown.support[0].similarity == 1
        place = shown.support[0]
        assert place.text[place.start : place.end] == "zzzz" and place.label == ""
        assert shown.taught[0].example == "marked"
        assert shown.taught[0].similarity == 0
    assert cluster.missing.startswith("training passages with DISEASE are far")


def test_a_weakness_leaves_out_what_one_before_accounts_for() -> None:
    bad = [Item("mentions", {"a": "x", "b": "y"}, "L", (i,)) for i in range(10)]
    good = [Item("mentions", {"a": "u", "b": "y"}, "L") for _ in range(10)]
    good += [Item("mentions", {"a": "u", "b": "v"}, "L") for _ in range(60)]
    mistakes = [Mistake(family="mentions", type="missed", example=0, gold="L")] * 10
    (only,) = find_weaknesses([*bad, *good], [], mistakes)
    assert (only.facet, only.value, only.errors, only.of) == ("a", "x", 10, 10)
    assert only.excess == 10 and only.elsewhere == 0


@pytest.mark.parametrize(
    ("also", "named", "errors"),
    # Of 20 plain names of one word, 3 wrong are 1.5 standard errors above 3 of 60; 10
    # are 4.7.
    [(3, "form: short", 20), (10, "length: 1 word", 30)],
)
def test_what_a_narrower_cell_accounts_for_is_named_by_it(
    also: int, named: str, errors: int
) -> None:
    def mention(form: str, length: str, *wrong: int) -> Item:
        return Item("mentions", {"length": length, "form": form}, "L", wrong)

    items = [mention("short", "1 word", i) for i in range(20)]
    items += [mention("plain", "1 word", 20 + i) for i in range(also)]
    items += [mention("plain", "1 word") for _ in range(20 - also)]
    items += [mention("plain", "2 words", 30 + i) for i in range(3)]
    items += [mention("plain", "2 words") for _ in range(57)]
    mistakes = [Mistake(family="mentions", type="missed", example=0, gold="L")] * 33
    first = find_weaknesses(items, items, mistakes)[0]
    assert f"{first.facet}: {first.value}" == named and first.errors == errors


def test_what_training_lacks_comes_before_what_is_but_unseen() -> None:
    def mention(form: str, surface: str, *wrong: int) -> Item:
        return Item("mentions", {"form": form, "surface": surface}, "L", wrong)

    items = [mention("short", "unseen", i) for i in range(20)]
    items += [mention("plain", "unseen", 20 + i) for i in range(10)]
    items += [mention("plain", "unseen") for _ in range(10)]
    items += [mention("plain", "seen") for _ in range(60)]
    training = [mention("plain", "seen") for _ in range(100)]
    mistakes = [Mistake(family="mentions", type="missed", example=0, gold="L")] * 30
    first, second = find_weaknesses(items, training, mistakes)
    assert (first.facet, first.value, first.lack) == ("form", "short", 1)
    # Elsewhere 10 of 80 are wrong: an excess of 20 less 2.5, and all 20 for the lack.
    assert (first.errors, first.excess, first.worth) == (20, 17.5, 37.5)
    # No item counts twice; what training text has counts for half: (10 - 0) / 2.
    assert (second.facet, second.errors, second.of) == ("surface", 10, 20)
    assert second.worth == 5


def test_a_predicted_label_is_no_lack_of_training() -> None:
    """Pairs that nothing relates have no label, in training as in gold."""
    wrong = [Item("pairs", {"ends": "A to B"}, "L", (i,)) for i in range(10)]
    right = [Item("pairs", {"ends": "A to B"}, "") for _ in range(40)]
    training = [Item("pairs", {"ends": "A to B"}, "") for _ in range(100)]
    mistakes = [Mistake(family="relations", type="spurious", example=0)] * 10
    found = find_weaknesses([*wrong, *right], training, mistakes)
    assert [(w.label, w.lack) for w in found] == [("L", 0)]


def test_data_without_marks_can_not_be_diagnosed(pack: Pack) -> None:
    own = synthetic_dataset(pack, "dev.jsonl")
    pairs = own.model_copy(update={"tasks": ["pairs"], "title": "Pairs"})
    with pytest.raises(ValueError, match="Pairs: diagnose needs marked entities"):
        Diagnoser(pack, pairs, load_language("en"), [])
