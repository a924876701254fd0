"""The office's desk: rooms tell what they found and settle it; the desk puts their findings into one list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select

from hub.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the office can do about a finding; ``needs_text``: only with words for the person concerned.

    With an ``address`` it is not done here: the desk shows a link to the page where it is.
    """

    key: str
    label: Any
    icon: str = "check"
    needs_text: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the desk. ``thing_id`` is unique within its source; ``version`` tells whether it has moved on.

    ``deeds[0]`` is the proposed one; ``address`` the page where all about it is seen. ``tone``: ok warn error info.
    ``place`` is where it belongs (a collection), ``origin`` who it comes from; both may stay empty.
    """

    source: str
    thing_id: int
    version: int
    title: str
    finding: str
    deeds: tuple[Deed, ...]
    since: datetime
    about: str = ""
    tone: str = "info"
    icon: str = "info-circle"
    address: str = ""
    entry_id: int | None = None
    place: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the chosen findings: how many are settled, the titles of those that had moved on, the way back.

    ``undo_id`` is the number of the ``undoing`` action; None when nothing can be undone.
    """

    count: int
    conflicts: tuple[str, ...] = ()
    undo_id: int | None = None


class Source(Protocol):
    """A room's side of the desk: an object with these, registered in ``hub.wiring``."""

    name: str
    label: Any

    def count(self, actor: Actor) -> Select[Any]:
        """The question for how many wait; all sources' questions are put to the database in one."""

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """The findings that wait, the most urgent first; in one statement, as one page asks all sources."""

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Do the deed to findings given by (thing_id, version), in one unit of work; those that moved on are left."""
