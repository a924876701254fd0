"""Work that somebody waits for goes first: other work of the same process stands still meanwhile.

Two threads of a process share one processor; rebuilding the index beside it makes a deed take twice as long.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 20.0
_lock = threading.Lock()
_nobody_waits = threading.Event()
_nobody_waits.set()
_waiting = 0


@contextmanager
def awaited() -> Iterator[None]:
    """Somebody waits for what is done in here."""
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def give_way(longest: float = LONGEST) -> None:
    """Stand still while somebody waits for other work, at most so many seconds."""
    _nobody_waits.wait(longest)


def _count(more: int) -> None:
    global _waiting
    with _lock:
        _waiting += more
        if _waiting:
            _nobody_waits.clear()
        else:
            _nobody_waits.set()
