"""A clock that stands where a test wants it."""

from datetime import timedelta

import pytest

from hub.core import clock


def hold_clock(patch: pytest.MonkeyPatch, later: timedelta) -> None:
    """From now on it is this much later for everything that asks ``hub.core.clock``."""
    moment = clock.now() + later
    patch.setattr(clock, "_wall_clock", lambda: moment)
