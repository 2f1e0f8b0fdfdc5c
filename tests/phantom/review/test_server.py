"""The server answers the page alone, and saves what may be saved."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.reviews import Client, make_review
from tests.builders.served import HTML, serve_few

from phantom.review.app import make_app
from phantom.review.guard import BODY_LIMIT

ADDRESSES = (
    *("/", "/page.js", "/page.css", "/api/setup", "/api/example/0?annotator=ann"),
    *("/api/next/0?annotator=ann", "/api/progress?annotator=ann"),
    *("/api/conflict?annotator=ann&id=a", "/api/why?id=a", "/none"),
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    with serve_few(tmp_path_factory.mktemp("review")) as served:
        yield served


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Review_Token": None}, 401),
        ({"X_Review_Token": "wrong"}, 401),
        ({"X_Review_Token": ""}, 401),
        ({"X_Review_Token": "\xe9"}, 401),
        ({"X_Review_Token": None, "Cookie": "review=x; review_00000000=y"}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Host": "evil.example"}, 400),
        ({"Host": "evil.example:80", "Origin": "http://evil.example:80"}, 400),
        ({"Host": "127.0.0.1"}, 400),
        ({"Host": None}, 400),
    ],
)
def test_only_the_page_itself_is_answered(
    served: tuple[Client, Path], path: str, headers: dict[str, str], status: int
) -> None:
    client, _ = served
    assert client.send("GET", path, **headers)[0] == status


@pytest.mark.parametrize("origin", [None, "null", "http://127.0.0.1", "https://x.org"])
def test_nothing_is_saved_for_another_origin(
    served: tuple[Client, Path], origin: str | None
) -> None:
    client, path = served
    before = path.read_bytes() if path.exists() else b""
    body = json.dumps({"key": "key-00009", "example": "b"}).encode()
    status, _, _ = client.send("POST", "/api/save", body, Origin=origin)
    assert status == 403
    assert (path.read_bytes() if path.exists() else b"") == before


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/page/../../secret.txt",
        "//etc/passwd",
        "/....//secret.txt",
        "/%00page.html",
        "/examples.jsonl",
        "/reviews.jsonl",
        "/app.py",
        "/page.js/..%5capp.py",
        "/api/example/-1?annotator=ann",
        "/api/example/99?annotator=ann",
        "/api/conflict?annotator=ann&id=../secret.txt",
        "/api/why?id=../secret.txt",
    ],
)
def test_no_address_opens_a_file(served: tuple[Client, Path], path: str) -> None:
    client, _ = served
    status, body, _ = client.send("GET", path)
    assert status == 404 and b"secret" not in body.replace(b"../secret.txt", b"")


def test_the_token_is_asked_for_once_and_then_lies_in_a_cookie(
    served: tuple[Client, Path],
) -> None:
    client, _ = served
    none: dict[str, str | None] = {"X_Review_Token": None, "Origin": None}
    assert client.send("GET", "/enter?token=wrong", **none)[0] == 401
    assert client.send("GET", "/enter", **none)[0] == 401
    status, _, headers = client.send("GET", f"/enter?token={client.token}", **none)
    assert (status, headers["location"]) == (303, "/")
    assert (
        "HttpOnly" in headers["set-cookie"]
        and "SameSite=strict" in headers["set-cookie"]
    )
    cookie = headers["set-cookie"].partition(";")[0]
    status, body, headers = client.send("GET", "/", Cookie=cookie, **none)
    assert status == 200 and b"<!DOCTYPE html>" in body
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("told", [True, False])
def test_a_body_beyond_the_limit_is_refused(
    served: tuple[Client, Path], told: bool
) -> None:
    client, _ = served
    body = b'{"key": "' + b"x" * BODY_LIMIT + b'"}'
    if told:
        status, _, _ = client.send("POST", "/api/save", Content_Length=str(len(body)))
    else:
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        more = {"Transfer_Encoding": "chunked"}
        status, _, _ = client.send("POST", "/api/save", chunk, **more)
    assert status == 413


def saved(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_only_json_is_taken(served: tuple[Client, Path]) -> None:
    client, _ = served
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        status, _, _ = client.send("POST", "/api/save", b"{}", Content_Type=kind)
        assert status == 415
    assert client.send("POST", "/api/save", b"{nonsense")[0] == 422
    assert client.send("POST", "/api/setup", b"{}")[0] == 405


def test_markup_in_text_and_id_stays_text(served: tuple[Client, Path]) -> None:
    client, path = served
    status, body, headers = client.send("GET", "/api/example/2?annotator=ann")
    assert status == 200 and headers["content-type"] == "application/json"
    assert json.loads(body)["id"] == HTML
    assert client.save(key="key-html1", example=HTML, annotator=HTML)[0] == 200
    assert json.loads(path.read_text().splitlines()[-1])["annotator"] == HTML


def test_every_file_of_the_page_is_served_from_memory(tmp_path: Path) -> None:
    guard = make_app(make_review(tmp_path, [example("A.", id="a")]), "token")
    assert guard.is_token("token") and not guard.is_token(None)
    folder = Path("scripts/phantom/review/page")
    text = "".join(path.read_text() for path in folder.iterdir())
    for mark in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ):
        assert mark not in text
    outside = text.replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in outside and "https://" not in outside
