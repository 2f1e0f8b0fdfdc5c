"""The step `mix`: what of other text may train, how much of it, and what it teaches."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
import spacy
from spacy.training import Corpus
from tests.builders import MEDICINE, ROOT, example
from tests.builders.reviews import decide

from mix import mix
from phantom.corpora.docbin import read_docbin
from phantom.corpora.mix import prepare, take_some
from phantom.corpora.origins import count_corpus
from phantom.curation.labelling import Figures
from phantom.evaluation.gold import find_gold
from phantom.jsonl import read_jsonl, write_json, write_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Example, Labelled
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation

GOLD = [
    example(f"Patient {i} had <DISEASE id=1>gout</DISEASE>.", id=f"g{i}", meta={})
    for i in range(8)
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A public training split, and a test split that holds one of its texts."""
    for split, examples in (("train", GOLD), ("test", GOLD[3:4])):
        bare = [x.model_copy(update={"id": f"{split}-{x.id}"}) for x in examples]
        write_jsonl(tmp_path / "ncbi_disease" / f"{split}.jsonl", bare)
    return tmp_path


def run(data: Path, path: str, kind: str, **options: object) -> list[spacy.tokens.Doc]:
    mix(MEDICINE, data / path, data / "mix", kind, benchmarks=data, **options)  # type: ignore[arg-type]
    return list(read_docbin(data / "mix" / f"{kind}.spacy", spacy.blank("xx").vocab))


def test_public_gold_enters_without_what_a_test_split_holds(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """NCBI marks diseases alone: other words stay open, and so do relations."""
    docs = run(data, "ncbi_disease/train.jsonl", "public")
    assert len(docs) == 7 and "Patient 3 had gout." not in {doc.text for doc in docs}
    assert "text of a test split" in capsys.readouterr().out
    assert [token.ent_iob_ for token in docs[0]] == ["", "", "", "B", ""]
    assert docs[0]._.relations is None
    (complete,) = {
        "".join(token.ent_iob_ for token in doc)
        for doc in run(data, "ncbi_disease/train.jsonl", "public", complete=True)
    }
    assert complete == "OOOBO"
    counts = count_corpus(Corpus(data / "mix" / "public.spacy")(spacy.blank("xx")))
    assert counts.sources == {"ncbi_disease": 7} and counts.public == 7


def test_a_test_split_is_refused_by_whatever_name(data: Path) -> None:
    with pytest.raises(ValueError, match="held out"):
        run(data, "ncbi_disease/test.jsonl", "public")
    write_jsonl(data / "ward" / "test.jsonl", GOLD)
    with pytest.raises(ValueError, match="held out"):
        run(data, "ward/test.jsonl", "private", train_on_private=["ward"])
    write_jsonl(data / "ward" / "notes.jsonl", GOLD[3:4])
    with pytest.raises(ValueError, match="no example is left"):
        run(data, "ward/notes.jsonl", "private", train_on_private=["ward"])


def test_private_text_needs_its_declaration(data: Path) -> None:
    write_jsonl(data / "ward" / "notes.jsonl", GOLD)
    with pytest.raises(ValueError, match="--train-on-private"):
        run(data, "ward/notes.jsonl", "private")
    with pytest.raises(ValueError, match="private text, not public"):
        run(data, "ward/notes.jsonl", "public")
    with pytest.raises(ValueError, match="use one of synthetic"):
        run(data, "ward/notes.jsonl", "gold")
    docs = run(data, "ward/notes.jsonl", "private", train_on_private=["ward"], take=2)
    assert [doc.user_data["example"]["origin"] for doc in docs] == ["private"] * 2
    assert docs[0]._.relations == () and docs[0][0].ent_iob_ == "O"


def test_a_file_of_the_catalogue_is_read(data: Path) -> None:
    (data / "ward").mkdir()
    (data / "ward" / "notes.txt").write_text(
        "gout\tB-DISEASE\nis\tO\nhere\tO\n\nhe\tB-PERSON\nleft\tO\n"
    )
    docs = run(
        data, "ward/notes.txt", "private", format_="conll", train_on_private=["ward"]
    )
    assert [[ent.text for ent in doc.ents] for doc in docs] == [["gout"], []]


def test_labels_of_a_model_are_told_apart(data: Path) -> None:
    folder = data / "extract"
    labelled = [
        Labelled(
            **x.from_people("public", "ncbi_disease").model_dump(),
            state="completed" if i != 1 else "failed",
        )
        for i, x in enumerate(GOLD[:3])
    ]
    write_jsonl(folder / "run.predictions.jsonl", labelled)
    with pytest.raises(ValueError, match=r"run\.json"):
        run(data, "extract/run.predictions.jsonl", "llm_labelled")
    figures = Figures(
        data=str(data / "ncbi_disease" / "train.jsonl"),
        **{"model": "big", "shots": 0, "texts": 3, "completed": 2, "failed": 1},  # type: ignore[arg-type]
        **{"pending": 0, "requests": 3, "cost_per_1000": None, "currency": "USD"},  # type: ignore[arg-type]
        latency_seconds_per_1000=1.0,
    )
    write_json(folder / "run.json", figures)
    run(data, "extract/run.predictions.jsonl", "llm_labelled")
    corpus = Corpus(data / "mix" / "llm_labelled.spacy")
    counts = count_corpus(corpus(spacy.blank("xx")))
    assert counts.labellers == {"big": 2}
    assert (counts.public, counts.models) == (2, {})
    held_out = str(data / "ncbi_disease" / "test.jsonl")
    write_json(folder / "run.json", figures.model_copy(update={"data": held_out}))
    with pytest.raises(ValueError, match="held out"):
        run(data, "extract/run.predictions.jsonl", "llm_labelled")


def write_run(folder: Path, data: Path, *labelled: Example) -> None:
    """What extract writes of a run by the model "big"."""
    records = [Labelled(**x.model_dump(), state="completed") for x in labelled]
    write_jsonl(folder / "run.predictions.jsonl", records)
    count = len(records)
    figures = {
        **{"data": str(data), "model": "big", "shots": 0, "texts": count},
        **{"completed": count, "failed": 0, "pending": 0, "requests": count},
        **{"cost_per_1000": None, "currency": "USD", "latency_seconds_per_1000": 1.0},
    }
    write_json(folder / "run.json", Figures.model_validate(figures))


TEXT_WITHOUT_LABELS = """
  abstracts:
    title: Abstracts that nobody labelled
    licence: CC0
    train: allowed
    tasks: []
    labels: {}
    splits: {all: {file: abstracts/all.jsonl}}
"""


def test_public_text_without_gold_trains_where_the_map_permits_it(data: Path) -> None:
    """All that the model labels is taught, since it read the guidelines."""
    pack = data / "medicine"
    shutil.copytree(MEDICINE, pack, ignore=shutil.ignore_patterns("recording"))
    path = data / "abstracts" / "all.jsonl"
    write_jsonl(path, [x.model_copy(update={"entities": ()}) for x in GOLD])
    labelled = [x.from_people("public", "abstracts") for x in GOLD[:2]]
    write_run(data / "extract", path, *labelled)

    def run_with(pack: Path) -> None:
        mix(
            *(pack, data / "extract" / "run.predictions.jsonl", data / "mix"),
            "llm_labelled",
            benchmarks=data,
        )

    with pytest.raises(ValueError, match="which no benchmarks.yml permits"):
        run_with(pack)
    with (pack / "benchmarks.yml").open("a", encoding="utf-8") as file:
        file.write(TEXT_WITHOUT_LABELS)
    run_with(pack)
    vocab = spacy.blank("xx").vocab
    docs = list(read_docbin(data / "mix" / "llm_labelled.spacy", vocab))
    assert ["".join(t.ent_iob_ for t in doc) for doc in docs] == ["OOOBO"] * 2
    assert [doc._.relations for doc in docs] == [(), ()]
    assert docs[0].user_data["example"]["labelled_by"] == "big"


def test_what_people_decided_trains_but_for_the_dev_side(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tagged = (
        "Patient {} had <DISEASE id=1>gout</DISEASE> and <DISEASE id=2>flu</DISEASE>."
    )
    passages = [example(tagged.format(i), id=f"p{i}", model="m") for i in range(5)]
    write_jsonl(data / "corpus" / "checked.jsonl", passages)
    write_jsonl(
        data / "dev.jsonl",
        [passages[4].model_copy(update={"id": "p4/0.0", "derived_from": ("p4",)})],
    )
    log = DecisionLog(data / "reviews.jsonl")
    before = Annotation.of(passages[0])
    fewer = Annotation(entities=before.entities[:1])
    for number, (name, after) in enumerate([("p0", fewer), ("p1", None), ("p4", None)]):
        text = passages[int(name[1])].text
        own = Annotation.of(passages[int(name[1])])
        more = {"before": own, "after": after, "text": text}
        log.append(decide(name, "ann", number + 1, **more))
    log.append(decide("p2", "ann", 9, "reject", text=passages[2].text))
    docs = run(data, "corpus/checked.jsonl", "reviewed", reviews=str(log.path))
    assert [[ent.text for ent in doc.ents] for doc in docs] == [
        ["gout"],
        ["gout", "flu"],
    ]
    ids = [doc.user_data["example"]["id"] for doc in docs]
    assert ids == ["p0-reviewed", "p1"]
    told = capsys.readouterr().out
    assert "passage of the dev side" in told and "rejected" in told


def test_few_are_among_more_and_the_seed_decides() -> None:
    five, six = (take_some(GOLD, count, 1) for count in (5, 6))
    assert len(five) == 5 and {x.id for x in five} < {x.id for x in six}
    assert take_some(GOLD, 5, 1) == five != take_some(GOLD, 5, 2)
    assert take_some(GOLD, 0, 1) == GOLD
    for count in (9, -1):
        with pytest.raises(ValueError, match="of 8 examples"):
            take_some(GOLD, count, 1)


def test_relations_get_our_labels() -> None:
    pack = load_pack(MEDICINE)
    gold = find_gold(pack, Path("bc5cdr/train.jsonl"))
    text = "<CHEMICAL id=1>Zinc</CHEMICAL> gave <DISEASE id=2>gout</DISEASE>."
    given = example(text, (1, "CID", 2), origin="public", sources=("bc5cdr",))
    (found,) = prepare([given], "public", gold.dataset, pack, set(), Counter())
    assert [relation.label for relation in found.relations] == ["INDUCES"]


def test_the_hybrid_config_is_the_plain_one_but_for_the_corpus() -> None:
    plain, hybrid = (
        spacy.util.load_config(ROOT / "configs" / f"{name}.cfg", interpolate=False)
        for name in ("train", "hybrid")
    )
    for config in (plain, hybrid):
        for key in ("mix", "drawn"):
            config["paths"].pop(key, None)
        del config["corpora"]["train"], config["training"]["max_epochs"]
    assert plain == hybrid


def test_what_was_mixed_in_lies_beside_it(data: Path) -> None:
    texts = [x.text for x in run(data, "ncbi_disease/train.jsonl", "public", take=3)]
    assert [x.text for x in read_jsonl(data / "mix/public.jsonl", Example)] == texts


def test_decisions_that_are_not_there_are_named(data: Path) -> None:
    with pytest.raises(ValueError, match="none.jsonl: no decisions yet"):
        run(data, "ncbi_disease/train.jsonl", "public", reviews="none.jsonl")
