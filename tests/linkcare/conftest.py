"""A clock that can be moved on, and websites that the checker may reach."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from bench.skipping import SkippingClock
from hub.core import clock as core_clock
from hub.fetching import safe_fetch
from hub.linkcare import rounds
from tests.linkcare.town import Town

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SkippingClock:
    made = SkippingClock(START)
    monkeypatch.setattr(core_clock, "_wall_clock", made.now)
    monkeypatch.setattr(rounds.Round.__init__, "__defaults__", (made.wait, rounds.MOST_SECONDS))
    return made


@pytest.fixture
def town(clock: SkippingClock, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Websites that the checker may reach, each under a name of its own."""
    made = Town(clock)
    monkeypatch.setitem(app.config, "FETCH_ALLOWED", {("127.0.0.1", made.port)})
    monkeypatch.setitem(app.config, "LINK_CHECK", True)
    monkeypatch.setattr(safe_fetch, "TOTAL_SECONDS", 0.3)

    def resolve(host: str, _seconds: float) -> list[str]:
        if host == "nowhere.example":
            raise safe_fetch.Unknown(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(safe_fetch, "resolve", resolve)
    yield made
    made.close()
