"""What is said beside which group."""

from pathlib import Path

import pytest
from tests.builders.examples import example
from tests.builders.packs import make_context, measures, run_one

from phantom.records import Example

CONDITIONS = [f"c{i}" for i in range(20)]


def passage(number: int, person: str, condition: str) -> Example:
    text = f"The {person} had <DISEASE id=1>{condition}</DISEASE>."
    return example(text, id=str(number))


def test_a_condition_of_women_alone_is_told(tmp_path: Path) -> None:
    corpus = [
        passage(i, ("woman", "man")[i % 2], "asthma" if i % 2 else "lupus")
        for i in range(40)
    ]
    (found,) = measures("group_independence", corpus, make_context(tmp_path)).values()
    rows = {(row["term"], row["group"]): row for row in found.rows}
    lupus = rows["lupus (DISEASE)", "sex: female"]
    assert (lupus["share"], lupus["by chance"], lupus["passages"]) == (1.0, 0.5, 20)
    assert lupus["p"] < 0.001 and found.value == 4


def test_professions_beside_sex_are_told(tmp_path: Path) -> None:
    corpus = [
        example(f"{'She' if i % 2 else 'He'}, a {job}, left.", id=str(i))
        for i, job in enumerate(["nurse" if i % 2 else "lawyer" for i in range(40)])
    ]
    (found,) = measures("group_independence", corpus, make_context(tmp_path)).values()
    terms = {(row["term"], row["group"]) for row in found.rows if row["p"] < 0.05}
    assert ("profession: health", "sex: female") in terms


def test_nothing_is_tied_where_chance_decides(tmp_path: Path) -> None:
    corpus = [
        passage(i, ("woman", "man")[i % 2], CONDITIONS[i // 2 % 5]) for i in range(60)
    ]
    (found,) = measures("group_independence", corpus, make_context(tmp_path)).values()
    assert found.value == 0 and found.detail.startswith("none of")


def test_the_same_three_conditions_are_told(tmp_path: Path) -> None:
    few, all_ = CONDITIONS[:3], CONDITIONS
    corpus = [
        passage(2 * i + woman, ("man", "woman")[woman], names[i % len(names)])
        for i in range(60)
        for woman, names in enumerate((all_, few))
    ]
    (found,) = measures("group_diversity", corpus, make_context(tmp_path)).values()
    rows = {row["group"]: row for row in found.rows}
    assert rows["sex: female"]["distinct"] == 3 and rows["sex: female"]["poor"] == "yes"
    assert rows["sex: female"]["top three"] == 1.0
    assert rows["sex: male"]["poor"] == "" and found.value == 1


def test_few_passages_say_nothing_about_diversity(tmp_path: Path) -> None:
    corpus = [passage(i, "woman", "asthma") for i in range(10)]
    (found,) = measures("group_diversity", corpus, make_context(tmp_path)).values()
    assert found.rows == [] and found.status == "ok"


def associate(folder: Path, corpus: list[Example], *rows: str) -> list[dict]:
    context = make_context(folder, "tables: {associations: a.tsv}\n")
    header = "dimension\tgroup\tterm\twhere\tlow\thigh\tsource\n"
    lines = ["\t".join(row.split(" | ")) + "\n" for row in rows]
    table = context.pack.path / "a.tsv"
    table.write_text(header + "".join(lines), encoding="utf-8")
    (measure,) = run_one("group_associations", corpus, context)
    return measure.rows  # type: ignore[union-attr]


def test_diseases_drugs_and_roles_are_held_against_a_source(tmp_path: Path) -> None:
    """Of ten passages on gout nine are of women; of ten with a nurse all, where 20 to
    60% are expected; of ten with iron five."""
    corpus = [passage(i, "woman" if i else "man", "gout") for i in range(10)]
    for i in range(10):
        drug = "<CHEMICAL id=1>iron</CHEMICAL>"
        who = "woman" if i % 2 else "man"
        corpus.append(example(f"The {who} took {drug}.", id=f"i{i}"))
        corpus.append(example(f"She left; the nurse saw her, case {i}.", id=f"n{i}"))
    gout, iron, nurse = associate(
        tmp_path,
        corpus,
        "sex | male | gout | mention | 0.5 | 0.95 | a survey",
        "sex | female | iron |  | 0.3 | 0.7 | a label",
        r"sex | female | \bnurse\b | text | 0.2 | 0.6 | a census",
    )
    assert (gout["share"], gout["passages"], gout["far off"]) == (0.1, 10, "yes")
    assert (iron["share"], iron["far off"]) == (0.5, "")
    assert (nurse["share"], nurse["passages"], nurse["far off"]) == (1.0, 10, "yes")
    assert gout["source"] == "a survey" and gout["expected"] == "0.5 to 0.95"


def test_a_term_can_stand_in_mentions_or_in_the_text(tmp_path: Path) -> None:
    row = "sex | female | gout | everywhere | 0 | 1 | none"
    with pytest.raises(ValueError, match="give mention or text"):
        associate(tmp_path, [passage(1, "man", "gout")], row)
