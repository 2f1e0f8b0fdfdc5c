"""What is said beside which group."""

from pathlib import Path

from tests.builders.examples import example
from tests.builders.packs import make_context, measures

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
