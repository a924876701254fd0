"""The spring clean: once a quarter each organisation gets at most ten of its entries to look at."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import clock
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Status
from hub.freshness import notices
from hub.freshness.models import SpringClean, SpringCleanRow
from hub.mailing import service as mailing

MOST_ENTRIES = 10
UNCHECKED_FOR = timedelta(days=365)


def quarter_of(day: date) -> str:
    """The quarter of a day, like 2026-4."""
    return f"{day.year}-{(day.month + 2) // 3}"


def make_lists(_payload: dict[str, Any]) -> None:
    """The weekly duty: lists of this quarter for organisations that have none yet and something to do, with letters."""
    quarter = quarter_of(clock.today())
    with unit_of_work() as session:
        present = set(session.scalars(select(SpringClean.organisation_id).where(SpringClean.quarter == quarter)))
        for organisation_id, entry_ids in _find_due(session).items():
            if organisation_id not in present:
                _make_list(session, organisation_id, quarter, entry_ids)


def _make_list(session: Session, organisation_id: int, quarter: str, entry_ids: Sequence[int]) -> None:
    clean = SpringClean(organisation_id=organisation_id, quarter=quarter, made_at=clock.now())
    session.add(clean)
    session.flush()
    session.add_all(
        SpringCleanRow(clean_id=clean.id, entry_id=entry_id, position=place)
        for place, entry_id in enumerate(entry_ids, 1)
    )
    readers = _find_readers(session, organisation_id, entry_ids) if mailing.is_configured() else ()
    for user in readers:
        notices.tell_spring_clean(user, quarter, len(entry_ids))


def _find_due(session: Session) -> dict[int, list[int]]:
    """By organisation: what is due first, then what nobody has looked at for a year, the oldest first."""
    owner = func.coalesce(Entry.responsible_id, Entry.organisation_id)
    seen_at = func.coalesce(Entry.checked_at, Entry.published_at)
    is_due = Entry.review_on <= clock.today()
    order = (case((is_due, 0), else_=1), case((is_due, Entry.review_on)), seen_at, Entry.id)
    place = func.row_number().over(partition_by=owner, order_by=order)
    numbered = (
        select(owner.label("owner"), Entry.id, place.label("place"))
        .where(
            Entry.status == Status.PUBLISHED,
            Entry.outdated_at.is_(None),
            or_(is_due, seen_at <= clock.now() - UNCHECKED_FOR),
        )
        .subquery()
    )
    first = select(numbered.c.owner, numbered.c.id).where(numbered.c.place <= MOST_ENTRIES)
    found: dict[int, list[int]] = defaultdict(list)
    for organisation_id, entry_id in session.execute(first.order_by(numbered.c.owner, numbered.c.place)):
        found[organisation_id].append(entry_id)
    return found


def _find_readers(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> Sequence[User]:
    """The coordination; without one, who contributed the entries and still belongs to the organisation."""
    open_ones = select(User).where(
        User.organisation_id == organisation_id, User.blocked_at.is_(None), User.erased_at.is_(None), User.wants_letters
    )
    found = session.scalars(open_ones.where(User.role == Role.COORDINATOR).order_by(User.id)).all()
    if found:
        return found
    contributors = select(Entry.contributor_id).where(Entry.id.in_(entry_ids))
    return session.scalars(open_ones.where(User.id.in_(contributors)).order_by(User.id)).all()
