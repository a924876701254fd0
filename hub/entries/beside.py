"""What rooms above know about entries and the pages of this room mention. ``hub.wiring`` ties them in."""

from collections.abc import Callable, Mapping, Sequence

from hub.core.actor import Actor

CountReports = Callable[[Actor, Sequence[int]], Mapping[int, int]]
_count_reports: list[CountReports] = []


def on_reports(count: CountReports) -> None:
    """Register who knows how many open reports there are, by entry."""
    _count_reports[:] = [count]


def count_reports(actor: Actor, entry_ids: Sequence[int]) -> Mapping[int, int]:
    """Open reports by entry, as far as they concern the actor."""
    return _count_reports[0](actor, entry_ids) if _count_reports and entry_ids else {}
