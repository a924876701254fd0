"""Naming what somebody else decided meanwhile: which thing, what was done, and by whom."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.accounts.models import User
from hub.core.db import db
from hub.entries.models import Entry, EntryRevision
from hub.entries.versions import ACTION_LABELS, CHANGED
from hub.moderation.models import STATE_LABELS, Report, ReportState


def name_entries(entry_ids: Sequence[int]) -> tuple[str, ...]:
    """Entries that have moved on, with their latest version's action and author."""
    if not entry_ids:
        return ()
    last = (
        select(EntryRevision.entry_id, func.max(EntryRevision.number).label("number"))
        .where(EntryRevision.entry_id.in_(entry_ids))
        .group_by(EntryRevision.entry_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Entry.title, EntryRevision.action, User.name)
        .outerjoin(last, last.c.entry_id == Entry.id)
        .outerjoin(EntryRevision, (EntryRevision.entry_id == Entry.id) & (EntryRevision.number == last.c.number))
        .outerjoin(User, User.id == EntryRevision.actor_id)
        .where(Entry.id.in_(entry_ids))
        .order_by(Entry.id)
    )
    return tuple(_named(title, str(ACTION_LABELS.get(action or "", CHANGED)), who) for title, action, who in rows)


def name_reports(report_ids: Sequence[int]) -> tuple[str, ...]:
    """Reports that have been decided, or whose entry has moved on."""
    if not report_ids:
        return ()
    rows = db.session.execute(
        select(Entry.title, Report.state, User.name)
        .join(Report, Report.entry_id == Entry.id)
        .outerjoin(User, User.id == Report.decided_by_id)
        .where(Report.id.in_(report_ids))
        .order_by(Report.id)
    )
    return tuple(_named(title, str(STATE_LABELS[ReportState(state)]), who) for title, state, who in rows)


def _named(title: str, what: str, who: str | None) -> str:
    return _("„%(title)s“ (%(what)s)", title=title, what=f"{what}, {who}" if who else what)
