"""Checks family by family: mentions, boundaries, labels, relations, balance."""

from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.packs import findings, make_context, measures

FEVER = ("asthma", "DISEASE")


def test_untagged_mention_in_passage_is_repaired(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    x = example(
        "<DISEASE id=1>Asthma</DISEASE> is common; severe asthma is not.", id="a"
    )
    found = findings("label_in_passage", [x], context)
    assert [f.reason for f in found] == ["untagged_in_passage"]
    repaired = found[0].replacement
    assert repaired is not None
    assert [(e.start, e.label) for e in repaired.entities] == [
        (0, "DISEASE"),
        (25, "DISEASE"),
    ]


def test_symbols_match_only_as_written(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    x = example("<DISEASE id=1>WAS</DISEASE> was seen, and was again.", id="a")
    assert findings("label_in_passage", [x], context) == []


def test_parts_of_compounds_are_no_missed_mentions(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    x = example("<DISEASE id=1>Asthma</DISEASE> and non-asthma wards.", id="a")
    assert findings("label_in_passage", [x], context) == []


def test_relations_follow_repaired_mentions(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    x = example(
        "<DISEASE id=1>The asthma patients</DISEASE> took "
        "<CHEMICAL id=2>the salbutamol</CHEMICAL>.",
        (2, "TREATS", 1),
        id="a",
    )
    repaired = findings("boundaries", [x], context)[0].replacement
    assert repaired is not None
    assert [e.text for e in repaired.entities] == ["asthma", "salbutamol"]
    assert [(r.head, r.tail) for r in repaired.relations] == [(1, 0)]


@pytest.mark.parametrize(
    ("text", "span", "left"),
    [
        ("Chronic asthma, often.", "Chronic asthma,", ["Chronic asthma"]),
        ("A disorder came.", "disorder", []),
        (
            "Acute renal failure (ARF) came.",
            "Acute renal failure (ARF)",
            ["Acute renal failure", "ARF"],
        ),
        ("Asthma (mild came.", "Asthma (", ["Asthma"]),
        ("Vitamin D (low) deficiency", "Vitamin D (low) deficiency", None),
        ("the asthma", "the asthma", ["asthma"]),
        ("asthma patients", "asthma patients", ["asthma"]),
        ("No D17 seen.", "D17", []),
        ("No D17 asthma seen.", "D17 asthma", None),
        ("See An X, too.", "An X", None),
    ],
)
def test_boundaries(
    tmp_path: Path, text: str, span: str, left: list[str] | None
) -> None:
    context = make_context(tmp_path)
    found = findings(
        "boundaries", [example(text, id="a", mentions=[(span, "DISEASE")])], context
    )
    if left is None:
        assert found == []
    else:
        assert found[0].replacement is not None
        assert [e.text for e in found[0].replacement.entities] == left


def test_usual_label_and_missed_mention_across_the_corpus(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    texts = [f"In ward {i} asthma was seen." for i in range(6)]
    corpus = [
        example(text, id=f"e{i}", mentions=[FEVER]) for i, text in enumerate(texts)
    ]
    corpus.append(example("Some <CHEMICAL id=1>asthma</CHEMICAL> here.", id="odd"))
    corpus.append(example("Much asthma there.", id="bare"))
    conflict = findings("label_conflict", corpus, context)
    assert [f.ids for f in conflict] == [("odd",)]
    assert [f.ids for f in findings("missed_mentions", corpus, context)] == [("bare",)]
    assert findings("lexicon_mentions", corpus[:6], context) == []
    lexicon = findings("lexicon_mentions", corpus, context)
    assert [f.ids for f in lexicon] == [("bare",)]


def test_spec(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    corpus = [
        example("<DISEASE id=1>Asthma</DISEASE>.", id="a", kind="treats"),
        example("<DISEASE id=1>Asthma</DISEASE>.", id="b", kind="none"),
        example(
            "<CHEMICAL id=1>X</CHEMICAL> for <DISEASE id=2>asthma</DISEASE>.",
            (1, "TREATS", 2),
            id="c",
            kind="apart",
        ),
    ]
    reasons = {f.ids[0]: f.reason for f in findings("spec_relations", corpus, context)}
    assert reasons == {"a": "relation_missing", "c": "forbidden_relation"}
    assert [f.ids[0] for f in findings("spec_entities", corpus, context)] == ["b"]


def test_relation_is_spread_to_the_abbreviation(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    x = example(
        "<CHEMICAL id=1>Zolpin</CHEMICAL> relieves "
        "<DISEASE id=2>chronic asthma</DISEASE> (<DISEASE id=3>CA</DISEASE>).",
        (1, "TREATS", 2),
        id="a",
    )
    repaired = findings("relation_aliases", [x], context)[0].replacement
    assert repaired is not None
    assert {(r.head, r.tail) for r in repaired.relations} == {(0, 1), (0, 2)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("artefacts", "A <DISEASE id=2>rash</DISEASE> came."),
        ("artefacts", "As an AI language model I decline."),
        ("language", "Die Werte lagen nicht über denen, die vor der Gabe waren."),
        ("unfinished", "The dose was raised by the"),
        ("stereotypes", "Drug abusers were left out."),
    ],
)
def test_text_that_is_no_passage(tmp_path: Path, name: str, text: str) -> None:
    context = make_context(tmp_path)
    fine = example("The dose was raised to 5 mg in all of the patients.", id="b")
    bad = example(text, id="a", mentions=())
    assert [f.ids[0] for f in findings(name, [bad, fine], context)] == ["a"]


def test_composition_is_held_against_the_table(tmp_path: Path) -> None:
    tables = "tables: {composition: c.tsv, associations: a.tsv}\n"
    context = make_context(tmp_path, tables)
    (context.pack.path / "c.tsv").write_text(
        "dimension\tgroup\tlow\thigh\tsource\nsex\tfemale\t0.4\t0.6\tmade up\n"
    )
    (context.pack.path / "a.tsv").write_text(
        "dimension\tgroup\tterm\tlow\thigh\tsource\n"
        "sex\tfemale\tprostat\t0\t0\tanatomy\n"
    )
    even = [example(f"A {'man' if i % 2 else 'woman'}.", id=f"e{i}") for i in range(60)]
    skewed = [example("The man left.", id=f"s{i}") for i in range(60)]
    assert measures("people", even, context)["people_sex"].status == "ok"
    assert measures("people", skewed, context)["people_sex"].status == "warning"
    odd = example("A woman with <DISEASE id=1>prostatitis</DISEASE>.", id="odd")
    assert [f.ids[0] for f in findings("group_associations", [odd], context)] == ["odd"]


def test_rare_events_are_counted_where_passages_tell_facts(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    told = [{"event": "run", "rare": True}, {"event": "pay"}, {"event": "pay"}]
    # Facts without an event are of no scenario.
    metas = [*({"facts": facts} for facts in told), {"facts": {"texts": {}}}, {}]
    corpus = [example("A word.", id=str(i), meta=m) for i, m in enumerate(metas)]
    (rare,) = [measures("quotas", corpus, context)["share_of_rare_events"]]
    assert rare.value == 0.333
    assert rare.rows == [
        {"event": "pay", "rare": "", "passages": 2},
        {"event": "run", "rare": "yes", "passages": 1},
    ]
    assert "share_of_rare_events" not in measures("quotas", corpus[3:], context)


def test_quotas_and_diversity(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    corpus = [
        example(
            f"Case {i} of that winter had <DISEASE id=1>asthma</DISEASE>.",
            id=f"e{i}",
            kind="treats",
            attributes={"section": "title"},
        )
        for i in range(20)
    ]
    quotas = measures("quotas", corpus, context)["cells_under_quota"]
    assert quotas.status == "warning" and "section: results" in quotas.detail
    bare = [
        example(
            f"Case {i} of that winter.", id=f"b{i}", attributes={"section": "results"}
        )
        for i in range(20)
    ]
    mixed = measures("quotas", [*corpus, *bare], context)
    cells = mixed["labels_under_quota_by_attribute"]
    assert cells.status == "warning" and cells.value == 2
    assert "DISEASE in section: results" in cells.detail
    assert {r["value"]: r["under quota"] for r in cells.rows} == {
        "results": "DISEASE",
        "title": "(none)",
    }
    same = measures("diversity", corpus, context)
    assert same["entropy_section"].value == 0.0
    assert (same["self_bleu"].value or 0) > 0.4
    surfaces = measures("surfaces", corpus, context)
    assert surfaces["unique_surfaces_DISEASE"].value == 0.05
    assert surfaces["lexicon_coverage_DISEASE"].value == pytest.approx(0.3333, abs=1e-3)


def test_firms_called_by_a_word_match_only_as_written(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    (context.pack.path / "names.tsv").write_text("name\nContinental\n")
    corpus = [
        example("A continental award.", id="a"),
        example("Continental won.", id="b"),
    ]
    found = findings("lexicon_mentions", corpus, context, proper=["DISEASE"])
    assert [f.ids[0] for f in found] == ["b"]


@pytest.mark.parametrize(
    "name", ["Kreditna Banka d.d.", "Acme Inc.", "Quarry S.A.O.C."]
)
def test_full_stop_of_an_abbreviation_stays(tmp_path: Path, name: str) -> None:
    context = make_context(tmp_path)
    x = example(f"They sold {name} in May.", id="a", mentions=[(name, "CHEMICAL")])
    assert findings("boundaries", [x], context) == []


def test_foreign_names_are_no_foreign_language(tmp_path: Path) -> None:
    text = (
        "Grupo Banorte, S.A.B. de C.V. led gainers in Mexico City after La Rosa fell."
    )
    assert findings("language", [example(text, id="a")], make_context(tmp_path)) == []
