"""When an entry is looked at again, and the marks that say what somebody found then.

The functions write onto a loaded entry inside the open unit of work; who may, and how it is undone, is up to callers.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.text import clean_text
from hub.entries.models import Entry, ReviewPreset, Status

MOST_STEPS = 100


def watch_publishing() -> None:
    """Give every entry a review date on the way into the hub, however it gets there; once for all sessions."""
    if not event.contains(Session, "before_flush", _date_published):
        event.listen(Session, "before_flush", _date_published)


def months_by_kind(session: Session) -> Mapping[str, int | None]:
    """After how many months each kind is looked at again, as the office keeps it."""
    return {row.kind: row.months for row in session.execute(select(ReviewPreset.kind, ReviewPreset.months))}


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_review(kind: str, months: Mapping[str, int | None], day: date) -> date | None:
    """When an entry of this kind that was looked at on ``day`` is due again."""
    wait = months.get(kind)
    return None if wait is None else months_after(day, wait)


def mark_checked(actor: Actor, entry: Entry, review_on: date | None, moment: datetime) -> None:
    """Somebody looked at the entry and it still holds; a mark as outdated goes."""
    entry.checked_at, entry.checked_by_id, entry.review_on = moment, actor.id, review_on
    entry.outdated_at, entry.outdated_note, entry.superseded_by_id = None, "", None


def mark_outdated(
    actor: Actor, entry: Entry, moment: datetime, note: str = "", successor_id: int | None = None
) -> None:
    """The entry is overtaken, by another entry when that is known; nobody is asked about it again.

    Raises Refused when the entries would replace each other in a ring.
    """
    _refuse_ring(entry.id, successor_id)
    entry.checked_at, entry.checked_by_id, entry.review_on = moment, actor.id, None
    entry.outdated_at, entry.outdated_note, entry.superseded_by_id = moment, clean_text(note), successor_id


def _refuse_ring(entry_id: int, successor_id: int | None) -> None:
    if successor_id == entry_id:
        raise Refused(_("Ein Eintrag kann sich nicht selbst ersetzen."))
    seen = {entry_id}
    while successor_id is not None and len(seen) < MOST_STEPS:
        if successor_id in seen:
            raise Refused(_("Die Einträge würden sich gegenseitig ersetzen. Bitte wählen Sie einen anderen."))
        seen.add(successor_id)
        successor_id = db.session.scalar(select(Entry.superseded_by_id).where(Entry.id == successor_id))


def _date_published(session: Session, _flush: Any, _instances: Any) -> None:
    """The review date of entries that this flush publishes and that have none."""
    published = [row for row in [*session.new, *session.dirty] if isinstance(row, Entry) and _is_new_here(row)]
    if not published:
        return
    months, today = months_by_kind(session), clock.today()
    for entry in published:
        entry.review_on = next_review(entry.kind, months, today)


def _is_new_here(entry: Entry) -> bool:
    is_open = entry.status == Status.PUBLISHED and entry.review_on is None and entry.outdated_at is None
    return is_open and bool(inspect(entry).attrs.status.history.has_changes())
