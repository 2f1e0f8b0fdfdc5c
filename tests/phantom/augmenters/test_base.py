"""The augmenters of a pack run in its order, each on what those before left."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.builders import PETS, example

from phantom.augmenters.base import augment, vary_windows
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example

PASSAGES = [
    example(f"<ANIMAL id=1>Cat{i}</ANIMAL> slept.", id=str(i), model="m")
    for i in range(4)
]


def pack_with(*augmenters: dict[str, Any]) -> Pack:
    pack = load_pack(PETS)
    domain = pack.domain.model_copy(update={"augment": list(augmenters)})
    return Pack(pack.path, domain)


def varying(*augmenters: dict[str, Any]) -> Pack:
    pack = load_pack(PETS)
    feeding = pack.domain.feeding.model_copy(update={"vary": list(augmenters)})
    return Pack(pack.path, pack.domain.model_copy(update={"feeding": feeding}))


def made(pack: Pack) -> list[Example]:
    return augment(pack, PASSAGES, seed=0)[len(PASSAGES) :]


SWAP = {"name_swap": {"labels": ["ANIMAL"], "share": 1.0}}
JOIN = {"join": {"share": 1.0}}


def test_without_augmenters_nothing_is_added() -> None:
    assert made(pack_with()) == []


def test_the_order_of_the_pack_counts() -> None:
    swapped_first = made(pack_with(SWAP, JOIN))
    joined_first = made(pack_with(JOIN, SWAP))
    assert any("+" in x.id and "&" in x.id for x in swapped_first)
    assert not any("+" in x.id and "&" in x.id for x in joined_first)


def test_the_same_seed_gives_the_same_variants_with_their_provenance() -> None:
    found = made(pack_with(SWAP, JOIN))
    assert found == made(pack_with(SWAP, JOIN))
    assert all(x.derived_from and x.model == "m" for x in found)
    assert {("&" in x.id, x.varied) for x in found} == {
        (False, "name_swap"),
        (True, "join"),
    }


def test_variants_of_windows_take_their_place() -> None:
    typo = {"typo": {"share": 0.5, "rate": 1.0}}
    pack = varying(typo, {"casing": {"share": 0.5, "ways": ["upper"]}})
    windows = [
        example(
            f"<ANIMAL id=1>Cat{i}</ANIMAL> slept through breakfast.",
            id=f"d{i}/0.0",
            derived_from=(f"d{i}",),
        )
        for i in range(40)
    ]
    found = vary_windows(pack, windows, seed=0)
    assert found == vary_windows(pack, windows, seed=0)
    assert [x.derived_from for x in found] == [x.derived_from for x in windows]
    changed = [x for x, window in zip(found, windows, strict=True) if x != window]
    assert {x.varied for x in changed} == {"casing", "typo"}
    assert any(x.id.endswith("^typo^casing") for x in changed)
    assert len(changed) < len(windows) == len(found)


def test_a_variant_of_a_document_fed_whole_is_made_from_it() -> None:
    typo = {"typo": {"share": 1.0, "rate": 1.0}}
    pack = varying(typo, {"casing": {"share": 1.0, "ways": ["upper"]}})
    whole = example("<ANIMAL id=1>Cat</ANIMAL> slept through breakfast.", id="d")
    (found,) = vary_windows(pack, [whole], seed=0)
    assert (found.id, found.derived_from) == ("d^typo^casing", ("d",))


def test_what_makes_one_passage_of_several_varies_no_windows() -> None:
    with pytest.raises(ValueError, match=r"feeding\.vary: join makes one passage"):
        vary_windows(varying(JOIN), PASSAGES, seed=0)


def test_an_augmenter_named_twice_is_told() -> None:
    with pytest.raises(ValueError, match=r"'0\+1'; name each augmenter once"):
        made(pack_with(SWAP, SWAP))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"labels": ["A"], "copies": 0, "join": 0.2, "forms": {"A": ["{name}"]}},
            [{"mention_forms": {"forms": {"A": ["{name}"]}}}, {"join": {"share": 0.2}}],
        ),
        (
            {"labels": ["A"], "copies_with": {"A": 2}, "reword": 0.5, "forms": {}},
            [{"name_swap": {"labels": ["A"], "copies_with": {"A": 2}}}],
        ),
        (
            {"forms": {"A": ["{name}"]}, "reword": 0.5, "labels": ["A"], "copies": 0},
            [{"mention_forms": {"forms": {"A": ["{name}"]}, "share": 0.5}}],
        ),
    ],
)
def test_the_mapping_of_earlier_versions_is_read(
    old: dict[str, Any], new: list[dict[str, Any]], tmp_path: Path
) -> None:
    folder = tmp_path / "pets"
    folder.mkdir()
    rules = yaml.safe_load((PETS / "domain.yml").read_text())
    labels = dict.fromkeys(("A", "ANIMAL", "FOOD"), rules["labels"]["ANIMAL"])
    rules = {**rules, "labels": labels, "augment": old}
    (folder / "domain.yml").write_text(yaml.safe_dump(rules))
    assert load_pack(folder).domain.augment == new


def test_any_other_mapping_is_shown_as_a_list(tmp_path: Path) -> None:
    folder = tmp_path / "pets"
    folder.mkdir()
    rules = yaml.safe_load((PETS / "domain.yml").read_text())
    given = {"join": {"share": 0.2}}
    (folder / "domain.yml").write_text(yaml.safe_dump({**rules, "augment": given}))
    with pytest.raises(ValueError, match="expected a list of augmenters") as caught:
        load_pack(folder)
    shown = str(caught.value).partition("; write\n")[2]
    assert yaml.safe_load(shown) == {"augment": [given]}
