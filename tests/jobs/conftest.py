"""Kinds of jobs that exist for these tests only."""

from collections.abc import Iterator

import pytest

from hub.jobs import registry
from hub.jobs.registry import Lane


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the jobs of the kind ``note`` wrote; no other kinds are known during the test."""
    written: list[str] = []
    monkeypatch.setattr(registry, "_kinds", {})
    registry.handle("note", "Notieren", lambda payload: written.append(payload["text"]), Lane.QUICK)
    yield written
