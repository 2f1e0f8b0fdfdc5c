"""Circuit breaker: stop hammering a server that is down, and stop at last."""

import time
from collections.abc import Callable


class Breaker:
    """Opens after failures in a row, lets one probe through, then gives up.

    after (int): Failures in a row until it opens.
    pause (float): Seconds until the first probe; doubles with each that fails.
    probes (int): Failed probes until it gives up.
    """

    def __init__(
        self,
        after: int = 10,
        pause: float = 30.0,
        probes: int = 3,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.after = after
        self.pause = pause
        self.probes = probes
        self.clock = clock
        self.failures = 0
        self.probed = 0
        self._retry_at: float | None = None
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether only a probe may be sent."""
        return self._retry_at is not None

    @property
    def gave_up(self) -> bool:
        """Whether the probes are used up."""
        return self.probed >= self.probes

    def wait(self) -> float | None:
        """Seconds to wait before sending; None until the probe comes back."""
        if self._retry_at is None:
            return 0.0
        if self._probing:
            return None
        return max(0.0, self._retry_at - self.clock())

    def send(self) -> bool:
        """A request goes out. RETURNS (bool): Whether it is a probe."""
        if self._retry_at is None:
            return False
        self._probing = True
        return True

    def succeed(self) -> None:
        """A request was answered, with whatever."""
        self.failures = self.probed = 0
        self._retry_at = None
        self._probing = False

    def fail(self, probe: bool) -> bool:
        """A request was not answered.

        RETURNS (bool): Whether the breaker opened, or stays open, by this.
        """
        self.failures += 1
        if probe:
            self._probing = False
            self.probed += 1
            self._retry_at = self.clock() + self.pause * 2**self.probed
            return True
        if self._retry_at is None and self.failures >= self.after:
            self._retry_at = self.clock() + self.pause
            return True
        return False
