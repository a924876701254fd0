"""A clock that runs as ever while something is at work and skips the time in which everything would only wait."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime, timedelta
from typing import Any


class SkippingClock:
    """``now`` stands in for ``hub.core.clock._wall_clock``, ``wait`` for ``hub.linkcare.rounds.wait_really``."""

    def __init__(self, start: datetime) -> None:
        self._start, self._began = start, time.monotonic()
        self._lock = threading.Lock()
        self.skipped = timedelta(0)

    def now(self) -> datetime:
        """The moment on this clock: what really went by, and what was skipped."""
        with self._lock:
            return self._start + timedelta(seconds=time.monotonic() - self._began) + self.skipped

    def wait(self, pending: set["Future[Any]"], longest: timedelta) -> None:
        """Wait for work; where there is none, skip."""
        if pending:
            wait(pending, timeout=max(0.0, longest.total_seconds()), return_when=FIRST_COMPLETED)
        else:
            self.skip(longest)

    def skip(self, span: timedelta) -> None:
        """Let this much time have gone by."""
        with self._lock:
            self.skipped += max(span, timedelta(0))
