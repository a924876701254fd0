"""How many requests a process works on at once; whoever only waits steps aside and takes no turn from others.

A server thread that waits costs next to nothing; many that work at once hold each other up.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

AT_ONCE = 6
WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Turns:
    """So many threads have a turn; the others wait for one in the order of their coming."""

    def __init__(self, places: int = AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(places)
        self._mine = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Work in one's turn."""
        with self._free:
            self._mine.is_held = True
            try:
                yield
            finally:
                self._mine.is_held = False

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Wait for something without keeping one's turn; afterwards there is one again. Nothing for who has none."""
        if not getattr(self._mine, "is_held", False):
            yield
            return
        self._mine.is_held = False
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()
            self._mine.is_held = True


turns = Turns()


def in_turn(application: WSGI) -> WSGI:
    """The application, entered by so many threads at once; files are sent after the turn."""

    def entered(environment: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with turns.taken():
            return application(environment, start_response)

    return entered
