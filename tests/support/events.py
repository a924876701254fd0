"""Which test proves which security event."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., None])


def proves(_event: str) -> Callable[[Test], Test]:
    """Mark a test that shows that this event is written; tests/audit/test_events.py reads the marks."""
    return lambda test: test
