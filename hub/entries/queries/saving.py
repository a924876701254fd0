"""Forms that somebody has begun and not sent; each belongs to one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Missing
from hub.entries import policy
from hub.entries.models import Entry, SavedForm

LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A begun form in a list; ``entry_id`` only while the entry can still be edited, else it goes on as a new one."""

    id: int
    title: str
    saved_at: datetime
    entry_id: int | None
    entry_title: str


def find_unfinished(actor: Actor) -> list[Unfinished]:
    """All begun forms of the actor, latest first."""
    rows = (
        select(SavedForm.id, SavedForm.title, SavedForm.saved_at, Entry)
        .outerjoin(Entry, Entry.id == SavedForm.entry_id)
        .where(SavedForm.user_id == actor.id, SavedForm.finished_at.is_(None))
        .order_by(SavedForm.saved_at.desc(), SavedForm.id.desc())
    )
    return [_unfinished(actor, *row) for row in db.session.execute(rows)]


def get_saved(actor: Actor, saved_id: int) -> SavedForm:
    """A begun form of the actor; raises Missing."""
    saved = None
    if 0 < saved_id <= LARGEST_ID:
        saved = db.session.scalar(_own(actor).where(SavedForm.id == saved_id, SavedForm.finished_at.is_(None)))
    if saved is None:
        raise Missing
    return saved


def find_by_key(actor: Actor, key: str) -> SavedForm | None:
    """The form of this key, finished or not."""
    return db.session.scalar(_own(actor).where(SavedForm.key == key)) if key else None


def find_turn(actor: Actor, key: str) -> int:
    """How often the form of this key changed hands; 0 when it was never saved."""
    if not key:
        return 0
    turn = select(SavedForm.turn).where(SavedForm.user_id == actor.id, SavedForm.key == key)
    return db.session.scalar(turn) or 0


def of_form(unfinished: Sequence[Unfinished], entry_id: int | None) -> list[Unfinished]:
    """Those that belong to the form of an entry, or to the one for new entries."""
    return [one for one in unfinished if one.entry_id == entry_id]


def _own(actor: Actor) -> Select[SavedForm]:
    return select(SavedForm).where(SavedForm.user_id == actor.id)


def _unfinished(actor: Actor, saved_id: int, title: str, saved_at: datetime, entry: Entry | None) -> Unfinished:
    if entry is None or not policy.may_edit(actor, entry):
        return Unfinished(saved_id, title, saved_at, None, "")
    return Unfinished(saved_id, title, saved_at, entry.id, entry.title)
