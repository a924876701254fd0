"""Saying that two entries belong together, that they do not, or neither; with undo."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation.relating import policy
from hub.entries import queries as entries
from hub.entries.models import APART, TOGETHER, Entry, Relation
from hub.entries.service.relating import write_relation
from hub.undoing.service import Row, remember

UNDO = "relating"
ACTIONS = {TOGETHER: "entry.related", APART: "entry.kept_apart", "": "entry.unrelated"}


@dataclass(frozen=True, slots=True)
class Said:
    """What holds now for two entries; ``undo_id`` is None when it did before."""

    title: str
    other_title: str
    undo_id: int | None


def relate_entries(actor: Actor, entry_id: int, other_id: int, state: str) -> Said:
    """Say what two entries are to each other: ``TOGETHER``, ``APART`` or, empty, nothing.

    Raises Refused for an entry and itself, Conflict when one of them is not published.
    """
    require(policy.may_relate(actor))
    if entry_id == other_id:
        raise Refused(_("Ein Eintrag lässt sich nicht mit sich selbst verbinden."))
    with unit_of_work() as session:
        entry, other = entries.get_entry(actor, entry_id), entries.get_entry(actor, other_id)
        if not (entry.is_published and other.is_published):
            raise Conflict(_("Verbinden lassen sich nur veröffentlichte Einträge."))
        before = _state(session, entry_id, other_id)
        if before == state:
            return Said(entry.title, other.title, None)
        write_relation(session, entry_id, other_id, state)
        record(actor, ACTIONS[state], entry_id, other=other_id)
        session.flush()
        kept = {"other": other_id, "state": before, "after": state}
        undo_id = remember(actor, UNDO, _label(entry.title, other.title, state), [Row(entry_id, kept, entry.version)])
        return Said(entry.title, other.title, undo_id)


def set_back_relations(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo what was said about two entries, unless something else has been said since or one of them is gone."""
    done, left = 0, []
    session = db.session()
    for row in rows:
        other_id, kept = row.before["other"], row.before
        titles = dict(
            session.execute(select(Entry.id, Entry.title).where(Entry.id.in_([row.thing_id, other_id]))).all()
        )
        if len(titles) < 2 or _state(session, row.thing_id, other_id) != kept["after"]:
            left.append(titles.get(row.thing_id, f"#{row.thing_id}"))
            continue
        write_relation(session, row.thing_id, other_id, kept["state"])
        record(actor, ACTIONS[kept["state"]], row.thing_id, other=other_id)
        done += 1
    return done, tuple(left)


def _state(session: Session, entry_id: int, other_id: int) -> str:
    one_id, other_id = sorted((entry_id, other_id))
    there = select(Relation.state).where(Relation.one_id == one_id, Relation.other_id == other_id)
    return session.scalar(there) or ""


def _label(title: str, other: str, state: str) -> str:
    values = {"one": title, "other": other}
    if state == TOGETHER:
        return _("„%(one)s“ mit „%(other)s“ verbunden", **values)
    if state == APART:
        return _("„%(other)s“ bei „%(one)s“ nicht mehr vorschlagen", **values)
    return _("„%(one)s“ und „%(other)s“ nicht mehr verbunden", **values)
