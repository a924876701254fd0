"""Reading reports: for the office, for contributors about their own entries, for those who sent them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hub.accounts.models import Organisation, User
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.entries.differences import Change
from hub.entries.models import Entry, EntryTag
from hub.entries.queries import visible_to
from hub.moderation import policy, proposals
from hub.moderation.models import Report, ReportKind, ReportState

MOST_THANKS, MOST_SENT = 5, 100
_DECIDER = aliased(User)


@dataclass(frozen=True, slots=True)
class ReportCase:
    """A report with all that a decision about it needs. ``title`` is empty when the reader may not see the entry."""

    id: int
    entry_id: int
    title: str
    language: str
    entry_version: int
    kind: str
    reason: str
    text: str
    state: str
    answer: str
    created_at: datetime
    decided_at: datetime | None
    reporter: str
    organisation: str
    decider: str
    has_moved_on: bool
    changes: tuple[Change, ...]
    collection: str

    @property
    def may_be_accepted(self) -> bool:
        """Whether it asks for something that one button does."""
        return self.is_open and bool(self.changes or self.collection)

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == ReportState.OPEN


def count_open(actor: Actor) -> int:
    """How many reports wait for the office."""
    require(policy.may_decide(actor))
    return db.session.scalar(select(func.count()).select_from(Report).where(Report.state == ReportState.OPEN)) or 0


def count_about(actor: Actor, entry_ids: Sequence[int]) -> Select[int, int]:
    """The question for open reports by entry, for the office and for contributors of these entries."""
    statement = (
        select(Report.entry_id, func.count().label("reports"))
        .where(Report.entry_id.in_(entry_ids), Report.state == ReportState.OPEN)
        .group_by(Report.entry_id)
    )
    if not policy.may_decide(actor):
        statement = statement.join(Entry, Entry.id == Report.entry_id).where(Entry.contributor_id == actor.id)
    return statement


def find_cases(actor: Actor, is_open: bool, limit: int) -> list[ReportCase]:
    """For the office: what waits, oldest first, or what was decided, latest first."""
    require(policy.may_decide(actor))
    statement = _rows(actor).where((Report.state == ReportState.OPEN) if is_open else Report.state != ReportState.OPEN)
    order = (Report.created_at, Report.id) if is_open else (Report.decided_at.desc(), Report.id.desc())
    return _cases(statement.order_by(*order).limit(limit))


def find_about_own(actor: Actor) -> list[ReportCase]:
    """What was reported about the actor's own entries: what is open first."""
    is_decided = case((Report.state == ReportState.OPEN, 0), else_=1)
    statement = _rows(actor).where(Entry.contributor_id == actor.id, visible_to(actor))
    return _cases(statement.order_by(is_decided, Report.created_at.desc(), Report.id.desc()).limit(MOST_SENT))


def find_sent(actor: Actor) -> list[ReportCase]:
    """What the actor reported, latest first."""
    statement = _rows(actor).where(Report.reporter_id == actor.id)
    return _cases(statement.order_by(Report.created_at.desc(), Report.id.desc()).limit(MOST_SENT))


def find_thanks(actor: Actor) -> list[Any]:
    """What became of the actor's reports and has not been read yet, with the title as far as it may be seen."""
    statement = (
        select(
            Report.id,
            Report.entry_id,
            _title(actor).label("title"),
            Entry.language,
            Report.kind,
            Report.state,
            Report.answer,
        )
        .join(Entry, Entry.id == Report.entry_id)
        .where(Report.reporter_id == actor.id, Report.state != ReportState.OPEN, Report.seen_at.is_(None))
    )
    return list(db.session.execute(statement.order_by(Report.decided_at.desc(), Report.id).limit(MOST_THANKS)))


def _title(actor: Actor) -> ColumnElement[str]:
    return case((visible_to(actor), Entry.title), else_="")


def _rows(actor: Actor) -> Any:
    return (
        select(
            Report, _title(actor).label("title"), Entry.language, Entry.version, Entry.updated_at,
            User.name.label("reporter"), Organisation.label.label("organisation"), _DECIDER.name.label("decider"),
        )
        .join(Entry, Entry.id == Report.entry_id)
        .outerjoin(User, User.id == Report.reporter_id)
        .outerjoin(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(_DECIDER, _DECIDER.id == Report.decided_by_id)
    )  # fmt: skip


def _cases(statement: Any) -> list[ReportCase]:
    rows = db.session.execute(statement).all()
    current = _values([row.Report.entry_id for row in rows if _needs_current(row.Report) and row.title])
    return [_case(row, current) for row in rows]


def _needs_current(report: Report) -> bool:
    """What was taken over is compared with what it replaced, the rest with what stands now."""
    return report.kind == ReportKind.PROPOSAL and report.replaced is None


def _values(entry_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What stands in these entries now."""
    if not entry_ids:
        return {}
    statement = (
        select(Entry)
        .where(Entry.id.in_(set(entry_ids)))
        .options(joinedload(Entry.organisation), selectinload(Entry.tag_links).joinedload(EntryTag.tag))
    )
    return {entry.id: proposals.values_of(entry) for entry in db.session.scalars(statement)}


def _case(row: Any, current: dict[int, dict[str, Any]]) -> ReportCase:
    report: Report = row.Report
    is_wish = report.kind == ReportKind.WISH
    before = None if is_wish else report.replaced or current.get(report.entry_id)
    return ReportCase(
        id=report.id,
        entry_id=report.entry_id,
        title=row.title,
        language=row.language,
        entry_version=row.version,
        kind=report.kind,
        reason=report.reason,
        text=report.text,
        state=report.state,
        answer=report.answer,
        created_at=report.created_at,
        decided_at=report.decided_at,
        reporter=row.reporter or "",
        organisation=row.organisation or "",
        decider=row.decider or "",
        has_moved_on=row.updated_at > report.created_at,
        changes=tuple(_differences(before, report.changes)),
        collection=(report.changes or {}).get("collection", "") if is_wish else "",
    )


def _differences(before: dict[str, Any] | None, changes: dict[str, Any] | None) -> list[Change]:
    if not before or not changes:
        return []
    return proposals.differences(before, {name: value for name, value in changes.items() if name in before})
