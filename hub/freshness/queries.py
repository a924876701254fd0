"""Reading the lists of the spring clean."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from hub.accounts.models import Organisation
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.entries.models import Entry, Status
from hub.freshness import policy
from hub.freshness.models import ReviewAnswer, SpringClean, SpringCleanRow


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of a list; ``answer`` is empty until somebody has said something, ``answer_id`` undoes it."""

    entry_id: int
    version: int
    title: str
    kind: str
    year: int | None
    checked_at: datetime | None
    published_at: datetime | None
    answer: str
    answer_id: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an organisation is with its list."""

    organisation: str
    answered: int
    total: int


def find_list(actor: Actor) -> tuple[SpringClean | None, list[Line]]:
    """The newest list of the actor's organisation; entries that left the hub unanswered are no longer on it."""
    require(policy.may_check(actor))
    newest = select(SpringClean).where(SpringClean.organisation_id == actor.organisation_id)
    clean = db.session.scalar(newest.order_by(SpringClean.made_at.desc(), SpringClean.id.desc()).limit(1))
    if clean is None:
        return None, []
    columns = (Entry.version, Entry.title, Entry.kind, Entry.year, Entry.checked_at, Entry.published_at)
    rows = db.session.execute(
        select(Entry.id, *columns, Entry.status)
        .join(SpringCleanRow, SpringCleanRow.entry_id == Entry.id)
        .where(SpringCleanRow.clean_id == clean.id)
        .order_by(SpringCleanRow.position)
    ).all()
    given = _standing(clean, [row.id for row in rows])
    lines = [Line(*row[:7], *given.get(row.id, ("", None))) for row in rows]
    shown = [line for line, row in zip(lines, rows, strict=True) if line.answer or row.status == Status.PUBLISHED]
    return clean, shown


def find_progress(actor: Actor) -> list[Progress]:
    """Of every organisation that has a list, in the order of the alphabet: how much of the newest is answered."""
    require(policy.may_oversee(actor))
    return [Progress(*row) for row in db.session.execute(_progress().order_by(Organisation.label))]


def find_own_progress(actor: Actor, organisation_id: int) -> Progress | None:
    """How far an organisation is with its newest list, for those who answer it."""
    if actor.organisation_id != organisation_id or not policy.may_check(actor):
        return None
    row = db.session.execute(_progress().where(SpringClean.organisation_id == organisation_id)).first()
    return Progress(*row) if row else None


def _progress() -> Select[str, int, int]:
    """Entries of the newest lists: those answered, and all that are still to be seen there."""
    last = select(SpringClean.organisation_id, func.max(SpringClean.id).label("id")).group_by(
        SpringClean.organisation_id
    )
    newest = last.subquery()
    answered = (
        select(ReviewAnswer.id)
        .where(
            ReviewAnswer.entry_id == SpringCleanRow.entry_id,
            ReviewAnswer.at >= SpringClean.made_at,
            ReviewAnswer.undone_at.is_(None),
        )
        .exists()
    )
    return (
        select(Organisation.label, func.count().filter(answered), func.count())
        .select_from(SpringClean)
        .join(newest, newest.c.id == SpringClean.id)
        .join(Organisation, Organisation.id == SpringClean.organisation_id)
        .join(SpringCleanRow, SpringCleanRow.clean_id == SpringClean.id)
        .join(Entry, Entry.id == SpringCleanRow.entry_id)
        .where(or_(answered, Entry.status == Status.PUBLISHED))
        .group_by(Organisation.id, Organisation.label)
    )


def _standing(clean: SpringClean, entry_ids: list[int]) -> dict[int, tuple[str, int]]:
    """The last answer to each entry since the list was made."""
    rows = db.session.execute(
        select(ReviewAnswer.entry_id, ReviewAnswer.answer, ReviewAnswer.id)
        .where(ReviewAnswer.entry_id.in_(entry_ids), ReviewAnswer.at >= clean.made_at, ReviewAnswer.undone_at.is_(None))
        .order_by(ReviewAnswer.id)
    )
    return {row.entry_id: (row.answer, row.id) for row in rows}
