"""What rooms above know about entries and the pages of this room mention. ``hub.wiring`` ties them in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.core.actor import Actor
from hub.entries.models import Entry

CountReports = Callable[[Actor, Sequence[int]], Mapping[int, int]]
FindNotes = Callable[[Actor, Entry], Sequence[Any]]
_count_reports: list[CountReports] = []
_find_notes: list[FindNotes] = []


def on_reports(count: CountReports) -> None:
    """Register who knows how many open reports there are, by entry."""
    _count_reports[:] = [count]


def count_reports(actor: Actor, entry_ids: Sequence[int]) -> Mapping[int, int]:
    """Open reports by entry, as far as they concern the actor."""
    return _count_reports[0](actor, entry_ids) if _count_reports and entry_ids else {}


def on_notes(find: FindNotes) -> None:
    """Register who knows what office and contributor wrote each other about an entry."""
    _find_notes[:] = [find]


def find_notes(actor: Actor, entry: Entry) -> Sequence[Any]:
    """Notes about an entry, oldest first, for those whom they concern."""
    return _find_notes[0](actor, entry) if _find_notes else ()
