"""Requests in flight: one more after each success, half after a refusal."""

from tests.builders.clock import Clock

from phantom.llms.wire.limiter import Limiter


def test_limiter_goes_up_by_one_and_down_by_half() -> None:
    clock = Clock()
    limiter = Limiter(ceiling=64, start=16, clock=clock)
    for _ in range(16):
        started = limiter.take()
        limiter.succeed()
    assert limiter.limit == 32
    clock.now += 1
    assert limiter.congest(started)
    assert limiter.limit == 16
    # The others that were sent together say nothing new.
    assert not limiter.congest(started) and limiter.limit == 16
    for _ in range(16):
        limiter.succeed()
    assert 16.9 < limiter.limit < 17.1
    limiter.active = 17
    assert limiter.wait() is None or limiter.limit >= 17
    limiter.active = 0
    limiter.pause(5)
    assert limiter.wait() == 5
    clock.now += 5
    assert limiter.wait() == 0
    headers = {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}
    assert limiter.heed(headers) == 360
    assert limiter.heed({"x-ratelimit-remaining-tokens": "5"}) == 0
    other = {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "30s",
    }
    assert limiter.heed(other) == 30
