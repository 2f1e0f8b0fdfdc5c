"""After faults in a row: pause, probe, give up."""

from tests.builders.clock import Clock

from phantom.llms.wire.breaker import Breaker


def test_breaker_pauses_probes_and_gives_up() -> None:
    clock = Clock()
    breaker = Breaker(after=3, pause=10, probes=2, clock=clock)
    assert [breaker.fail(False) for _ in range(3)] == [False, False, True]
    assert breaker.wait() == 10
    clock.now += 10
    assert breaker.wait() == 0 and breaker.send()
    assert breaker.wait() is None, "one probe at a time"
    breaker.fail(True)
    assert breaker.wait() == 20 and not breaker.gave_up
    clock.now += 20
    breaker.send()
    breaker.succeed()
    assert breaker.wait() == 0 and not breaker.open
    for _ in range(3):
        breaker.fail(False)
    for _ in range(2):
        breaker.send()
        breaker.fail(True)
    assert breaker.gave_up
