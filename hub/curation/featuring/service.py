"""Recommending entries at a place: adding, moving, dating, taking away; each with undo."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, only_asked
from hub.core.errors import Conflict, Missing, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation.featuring import policy
from hub.curation.featuring.models import START, Featured
from hub.curation.featuring.queries import MOST
from hub.entries import queries as entries
from hub.entries.models import Entry, Status
from hub.indexing import changelog
from hub.undoing.service import Row, remember

UNDO = "featuring"
STEPS = {"up": -1, "down": 1}
Kept = list[list[Any]]  # entry, last day or empty, in order


def feature_entry(actor: Actor, place: int, entry_id: int, last_on: date | None = None) -> int:
    """Recommend an entry, after the others; gives the number that undoes it.

    Raises Refused when it is already, or when there are enough, and Conflict when it is not published.
    """
    require(policy.may_feature(actor))
    with unit_of_work() as session:
        entry = entries.get_entry(actor, entry_id)
        if not entry.is_published:
            raise Conflict(_("Empfehlen lassen sich nur veröffentlichte Einträge."))
        if place != START and place not in [one.collection_id for one in entry.places]:
            raise Refused(_("Dieser Eintrag steht nicht in der Sammlung."))
        present = _read(session, place)
        standing = _standing(session, present)
        if entry_id in [row[0] for row in standing]:
            raise Refused(_("Dieser Eintrag ist hier schon empfohlen."))
        if len(standing) >= MOST:
            raise Refused(_("Hier stehen schon vier Empfehlungen. Nehmen Sie zuerst eine heraus."))
        _refuse_past(last_on)
        wanted = [*standing, [entry_id, _written(last_on)]]
        return _change(session, actor, place, entry_id, present, wanted, _("„%(title)s“ empfohlen", title=entry.title))


def move_entry(actor: Actor, place: int, entry_id: int, step: str) -> int | None:
    """One place up or down; None when it stands at the end already."""
    with unit_of_work() as session:
        present, at, title = _find(session, actor, place, entry_id)
        target = at + STEPS.get(step, 0)
        if target == at or not 0 <= target < len(present):
            return None
        wanted = list(present)
        wanted.insert(target, wanted.pop(at))
        label = _("Empfehlung „%(title)s“ verschoben", title=title)
        return _change(session, actor, place, entry_id, present, wanted, label)


def date_entry(actor: Actor, place: int, entry_id: int, last_on: date | None) -> int | None:
    """Let a recommendation end after this day, or never; None when it does already."""
    with unit_of_work() as session:
        present, _at, title = _find(session, actor, place, entry_id)
        _refuse_past(last_on)
        wanted = [[number, _written(last_on) if number == entry_id else last] for number, last in present]
        if wanted == present:
            return None
        label = _("Empfehlung „%(title)s“ anders befristet", title=title)
        return _change(session, actor, place, entry_id, present, wanted, label)


def drop_entry(actor: Actor, place: int, entry_id: int) -> int:
    """Recommend it no longer."""
    with unit_of_work() as session:
        present, at, title = _find(session, actor, place, entry_id)
        wanted = present[:at] + present[at + 1 :]
        label = _("„%(title)s“ nicht mehr empfohlen", title=title)
        return _change(session, actor, place, entry_id, present, wanted, label)


def set_back_featured(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo a change of what is recommended at a place, unless it was changed again since."""
    done, left = 0, []
    session = db.session()
    for row in rows:
        place, kept = row.thing_id, row.before
        if _read(session, place) != kept["after"] or not _is_there(session, place):
            left.append(_("Empfehlungen"))
            continue
        numbers = [number for number, _last in kept["before"]]
        known = set(session.scalars(select(Entry.id).where(Entry.id.in_(numbers))))
        _write(session, place, [one for one in kept["before"] if one[0] in known])
        record(actor, "featured.changed", place or None)
        done += 1
    return done, tuple(left)


def _find(session: Session, actor: Actor, place: int, entry_id: int) -> tuple[Kept, int, str]:
    require(policy.may_feature(actor))
    present = _read(session, place)
    at = next((at for at, row in enumerate(present) if row[0] == entry_id), None)
    if at is None:
        raise Missing
    return present, at, entries.get_entry(actor, entry_id).title


def _read(session: Session, place: int) -> Kept:
    rows = select(Featured.entry_id, Featured.last_on).where(Featured.place == place)
    found = session.execute(rows.order_by(Featured.position, Featured.entry_id))
    return [[number, _written(last)] for number, last in found]


def _standing(session: Session, present: Kept) -> Kept:
    """Those whose last day is not over and that are still published."""
    numbers = [number for number, _last in present]
    rows = select(Entry.id).where(Entry.id.in_(numbers), only_asked(Entry.status == Status.PUBLISHED))
    shown, today = set(session.scalars(rows)), _written(clock.today())
    return [row for row in present if row[0] in shown and (not row[1] or row[1] >= today)]


def _is_there(session: Session, place: int) -> bool:
    return place == START or session.get(Collection, place) is not None


def _refuse_past(last_on: date | None) -> None:
    if last_on is not None and last_on < clock.today():
        raise Refused(_("Dieser Tag ist schon vorbei."))


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _write(session: Session, place: int, wanted: Kept) -> None:
    session.execute(delete(Featured).where(Featured.place == place))
    session.add_all(
        Featured(
            place=place,
            entry_id=number,
            collection_id=None if place == START else place,
            position=at,
            last_on=date.fromisoformat(last) if last else None,
        )
        for at, (number, last) in enumerate(wanted)
    )
    session.flush()
    changelog.append(session, [("front", place)])


def _change(session: Session, actor: Actor, place: int, entry_id: int, before: Kept, wanted: Kept, label: str) -> int:
    _write(session, place, wanted)
    record(actor, "featured.changed", place or None, entry_id=entry_id)
    return remember(actor, UNDO, label, [Row(place, {"before": before, "after": wanted}, 0)])
