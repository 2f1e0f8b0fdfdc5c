"""Diagnoses of predictions that are wrong in a known way."""

from collections import Counter

import numpy as np
import pytest
from tests.builders import MEDICINE, example
from tests.builders.gaps import GAPS, make_corpus, make_gap_cases

from phantom.evaluation.cases import make_cases, make_requests, mentions_of
from phantom.evaluation.diagnosis.asks import make_asks, predicted_edits
from phantom.evaluation.diagnosis.diagnose import Diagnoser
from phantom.evaluation.diagnosis.records import Diagnosis, Weakness
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.evaluation.types import Link, Prediction
from phantom.packs.benchmarks import load_benchmarks
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


def test_relations_of_the_data_are_those_of_the_pack_by_another_name(
    pack: Pack,
) -> None:
    """As in BC5CDR, whose CID is INDUCES: training text has them, and is asked for."""
    bc5cdr = load_benchmarks(pack).datasets["bc5cdr"]
    text = "<CHEMICAL id=1>Iron</CHEMICAL> caused <DISEASE id=2>gout</DISEASE> in {}."
    gold = [example(text.format(i), (1, "CID", 2), id=f"g{i}") for i in range(9)]
    taught = [example(text.format(i), (1, "INDUCES", 2)) for i in range(20, 24)]
    requests = make_requests(bc5cdr, gold, pack.relations)
    nothing = [Prediction(mentions_of(x), [], [[]]) for x in gold]
    language = load_language("en", pack.path)
    diagnoser = Diagnoser(pack, bc5cdr, language, taught, Letters())
    diagnosis = diagnoser(make_cases(bc5cdr, gold, requests, nothing), "dev")
    (told,) = [x for x in diagnosis.slices if x.value == "CID"]
    assert (told.errors, told.of, told.training) == (9, 9, 4)
    (cluster,) = diagnosis.clusters
    assert cluster.missing == "" and cluster.shown[0].taught[0].label == "CID"
    weakness = Weakness(
        family="relations",
        facet="label",
        value="CID",
        label="CID",
        errors=9,
        of=9,
        elsewhere=0.0,
        excess=9,
    )
    diagnosis = diagnosis.model_copy(update={"weaknesses": [weakness]})
    (ask,) = make_asks(pack, diagnosis, language, [], set(), 30, 4, Counter())
    assert ask.kinds == ["chemical induces disease"]
    (raw, right), *_ = predicted_edits(diagnosis)
    assert raw.relations == () and right.relations[0].label == "INDUCES"


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


def test_data_without_marks_can_not_be_diagnosed(pack: Pack) -> None:
    own = synthetic_dataset(pack, "dev.jsonl")
    pairs = own.model_copy(update={"tasks": ["pairs"], "title": "Pairs"})
    with pytest.raises(ValueError, match="Pairs: diagnose needs marked entities"):
        Diagnoser(pack, pairs, load_language("en"), [])
