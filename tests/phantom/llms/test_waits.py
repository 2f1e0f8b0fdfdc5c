"""How long to wait, as servers say it and as one backs off."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantom.llms.wire.waits import backoff, parse_wait, read_retry_after


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1.5", 1.5),
        ("20ms", 0.02),
        ("6m0s", 360),
        ("1h2m3.5s", 3723.5),
        ("", None),
        ("soon", None),
        ("5x", None),
        ("1.2.3s", None),
        (None, None),
        ("30 seconds", 30),
        ("1741305660", 60),
        ("1741305660000", 60),
        ("2025-03-07T00:01:00Z", 60),
        ("Fri, 07 Mar 2025 00:01:00 GMT", 60),
        ("inf", None),
        ("-5", 0),
    ],
)
def test_durations(text: str | None, seconds: float | None) -> None:
    assert parse_wait(text, now=1_741_305_600) == seconds


@given(st.text(max_size=12))
def test_durations_never_raise(text: str) -> None:
    parse_wait(text)


def test_retry_after_and_backoff() -> None:
    def wait(message: str = "", body: Any = None, **headers: str) -> float | None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return read_retry_after(named, message, body)

    assert wait(retry_after="2") == 2
    assert wait(retry_after_ms="1500") == 1.5
    assert wait(retry_after="Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert wait(retry_after="later") is None and wait() is None
    assert wait("Rate limit reached. Please try again in 1m6.5s.") == 66.5
    assert wait("Please retry after 6 seconds.") == 6
    assert wait("Try again in 20ms") == 0.02
    google = [{"error": {"details": [{"@type": "x"}, {"retryDelay": "34s"}]}}]
    assert wait(body=google) == 34
    assert wait(body={"error": "m is loading", "estimated_time": 20.0}) == 20
    # A time in milliseconds, here one that is over.
    limits = {"headers": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1.2e12"}}
    assert wait(body={"error": {"message": "no", "metadata": limits}}) == 0
    assert all(backoff(tries, 1.0) <= 60.1 for tries in range(1, 40))
