"""Candidates side by side: read, shown under letters, picked."""

import json
from pathlib import Path

import pytest
from tests.builders.reviews import Client, make_comparing, running

from phantom.records import Comparison
from phantom.review.comparing import read_comparison
from phantom.review.picks import PickLog
from phantom.review.requests import PickSave


def choose(client: Client, **fields: object) -> tuple[int, dict[str, object]]:
    shown = client.get(f"/api/comparison?annotator={fields['annotator']}")
    wanted = {"comparison": shown["comparison"], "seconds": 3.0, **fields}
    status, answer, _ = client.send("POST", "/api/pick", json.dumps(wanted).encode())
    return status, json.loads(answer)


def test_names_and_scores_come_after_the_pick(tmp_path: Path) -> None:
    comparing = make_comparing(tmp_path)
    with running(comparing) as address:
        client = Client(address)
        before = client.get("/api/comparison?annotator=ann")
        assert [one["letter"] for one in before["candidates"]] == ["A", "B", "C"]
        assert not before["decided"] and before["position"] is None
        assert all(
            set(x) == {"letter", "prompt", "passages"} for x in before["candidates"]
        )
        assert "0.9" not in json.dumps(before)
        assert choose(client, key="pick-0001", annotator="ann", position=1) == (
            200,
            {"saved": "pick-0001", "repeated": False},
        )
        # Sent again, as after a connection that broke, it is one pick.
        assert choose(client, key="pick-0001", annotator="ann", position=1)[1] == {
            "saved": "pick-0001",
            "repeated": True,
        }
        choose(client, key="pick-0002", annotator="bob", position=None, note="dull")
        after = client.get("/api/comparison?annotator=ann")
    assert after["decided"] and after["position"] == 1
    assert (after["people"], after["none"]) == (2, 1)
    assert after["candidates"][1]["picks"] == 1
    assert after["candidates"][0]["scores"] == {"accepted": 0.9, "cost": "2 cents"}
    # The latest pick of a person holds, and the file tells what they saw.
    lines = [json.loads(x) for x in comparing.log.path.read_text().splitlines()]
    assert [line["picked"] for line in lines] == [after["candidates"][1]["name"], None]
    assert lines[0]["shown"] == [x["name"] for x in after["candidates"]]
    assert lines[0]["seconds"] == 3.0 and lines[1]["note"] == "dull"


def test_the_latest_pick_of_each_person_holds(tmp_path: Path) -> None:
    comparing = make_comparing(tmp_path)
    digest = comparing.comparison.digest()
    for number, position in enumerate([0, None, 2]):
        comparing.save(
            PickSave(
                key=f"pick-{number:04}",
                comparison=digest,
                annotator="ann",
                position=position,
                seconds=-1.0,
            )
        )
    held = PickLog(comparing.log.path).latest(comparing.comparison)
    assert held["ann"].picked == comparing.order("ann")[2].name
    assert held["ann"].seconds == 0.0 and len(comparing.log.read()) == 3
    # What was picked among others says nothing about these.
    other = comparing.comparison.model_copy(update={"title": "Later"})
    assert comparing.log.latest(other) == {}


def test_people_see_them_in_different_orders(tmp_path: Path) -> None:
    comparing = make_comparing(tmp_path)
    orders = {tuple(x.name for x in comparing.order(f"p{i}")) for i in range(40)}
    assert len(orders) == 6
    assert comparing.order("ann") == comparing.order("ann")


def test_what_may_not_be_picked_is_told(tmp_path: Path) -> None:
    comparing = make_comparing(tmp_path)
    with running(comparing) as address:
        client = Client(address)
        ann = {"key": "pick-0001", "annotator": "ann"}
        assert choose(client, **ann, position=3)[0] == 404
        assert choose(client, **ann, position=-1)[0] == 422
        status, answer = choose(client, **ann, position=0, comparison="0" * 16)
        assert status == 409 and "load the page again" in str(answer["detail"])
        assert client.send("POST", "/api/pick", b"{}", Origin="http://x.org")[0] == 403
        assert client.send("POST", "/api/pick", b"{}", Content_Type=None)[0] == 415
        assert client.send("GET", "/api/setup")[0] == 404
        assert b"compare.js" in client.send("GET", "/")[1]
    assert not comparing.log.path.exists()


def test_a_torn_line_is_set_aside_and_a_full_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparing = make_comparing(tmp_path)
    with running(comparing) as address:
        client = Client(address)
        choose(client, key="pick-0001", annotator="ann", position=0)
        with comparing.log.path.open("a") as file:
            file.write('{"key": "pick-')
        with monkeypatch.context() as patch:

            def full(_: int) -> None:
                raise OSError(28, "No space left on device")

            patch.setattr("os.fsync", full)
            status, answer = choose(client, key="pick-2", annotator="b", position=0)
            assert status == 422
            status, answer = choose(client, key="pick-0002", annotator="b", position=0)
            assert status == 500 and "not saved" in str(answer["detail"])
        assert choose(client, key="pick-0003", annotator="b", position=0)[0] == 200
    assert [pick.key for pick in comparing.log.read()] == ["pick-0001", "pick-0003"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"candidates": []}, "candidates: Tuple should have at least 2"),
        ({"title": None}, "title: Input should be a valid string"),
        ({"more": 1}, "more: Extra inputs"),
        ("same names", "two candidates are called 'plain'"),
        ("[", "Invalid JSON"),
    ],
)
def test_a_file_that_is_none_is_told(
    tmp_path: Path, change: object, message: str
) -> None:
    given = make_comparing(tmp_path).comparison.model_dump(mode="json")
    if change == "same names":
        given["candidates"][1]["name"] = "plain"
    path = tmp_path / "comparison.json"
    text = json.dumps({**given, **change} if isinstance(change, dict) else given)
    path.write_text("[" if change == "[" else text)
    with pytest.raises(
        ValueError, match=r"comparison\.json: no comparison: .*"
    ) as told:
        read_comparison(path)
    assert message in str(told.value)


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    comparison = make_comparing(tmp_path).comparison
    path = tmp_path / "comparison.json"
    path.write_text(comparison.model_dump_json(indent=2), encoding="utf-8")
    found = read_comparison(path)
    assert found == comparison and found.digest() == comparison.digest()
    assert isinstance(found, Comparison)
