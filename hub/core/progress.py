"""How far a long unit of work is.

Rows written in it are seen only at its end, and on SQLite nobody else can write meanwhile. So the number stands in a
small file beside the stored files, where every machine sees it; what a crash leaves goes with the sweep of files.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hub.core.storage import incoming_folder

EACH = 50
T = TypeVar("T")


@dataclass(slots=True)
class _Teller:
    path: Path
    done: int = 0

    def tell(self) -> None:
        """Never a reason to fail: without a number the work is the same."""
        with suppress(OSError):
            waiting = self.path.with_suffix(".new")
            waiting.write_text(str(self.done))
            waiting.replace(self.path)


_teller: ContextVar[_Teller | None] = ContextVar("teller", default=None)


@contextmanager
def told_as(name: str) -> Iterator[None]:
    """What is ``counted`` in here is told under this name, until it ends."""
    teller = _Teller(_path(name))
    before = _teller.set(teller)
    try:
        yield
    finally:
        _teller.reset(before)
        with suppress(OSError):
            teller.path.unlink(missing_ok=True)


def counted(things: Iterable[T], each: int = 1) -> Iterator[T]:
    """The things one by one; each that is done counts ``each``, told every 50 where somebody listens."""
    teller = _teller.get()
    for number, thing in enumerate(things, 1):
        yield thing
        if teller is not None:
            teller.done += each
            if number % EACH == 0:
                teller.tell()
    if teller is not None:
        teller.tell()


def reached(name: str) -> int:
    """How many are done of what is told under this name; 0 when nothing is."""
    try:
        return int(_path(name).read_text())
    except (OSError, ValueError):
        return 0


def _path(name: str) -> Path:
    return incoming_folder() / f"{name}.progress"
