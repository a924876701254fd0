"""Changes of published entries that wait for the office; the entry stays as everybody sees it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.permissions import Permission, Role
from hub.core.text import clean_line, clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.details import clean_details
from hub.entries.models import Attachment, Entry, Kind, PendingChange, ReviewRule

RULED = (Role.MEMBER, Role.COORDINATOR)
_LINES, _TEXTS = ("title", "publisher", "section"), ("summary", "text", "note")


def must_wait(actor: Actor) -> bool:
    """Whether what the actor changes in a published entry waits for the office."""
    if actor.is_office:
        return False
    waits = db.session.scalar(select(ReviewRule.waits).where(ReviewRule.role == actor.role))
    return True if waits is None else waits


def set_rules(actor: Actor, waiting: Sequence[Role]) -> None:
    """Decide for which roles changes wait; for the others they are visible at once."""
    require(actor.may(Permission.ENTRY_REVIEW))
    with unit_of_work() as session:
        for role in RULED:
            session.merge(ReviewRule(role=role, waits=role in waiting))
        record(actor, "review_rule.changed", waiting=[str(role) for role in waiting])


def hold_change(
    actor: Actor, entry: Entry, details: Any, added: Sequence[Attachment], kept: Sequence[Attachment]
) -> None:
    """Keep what should change, in place of what the author proposed before; belongs into the unit of the change."""
    changes = changed_values(entry, details)
    removed = [file.id for file in entry.files if file not in kept]
    pending = db.session.get(PendingChange, entry.id)
    if not (changes or removed or added):
        forget_own(actor, entry)
        return
    if pending is None:
        pending = PendingChange(entry_id=entry.id)
        db.session.add(pending)
    pending.author_id, pending.sent_at = actor.id or 0, clock.now()
    pending.changes, pending.held, pending.removed = changes, [file.id for file in added], removed
    pending.is_returned, pending.note = False, ""
    record(actor, "entry.change_proposed", entry.id)


def forget_own(actor: Actor, entry: Entry) -> None:
    """What the actor proposed before is settled by a newer change."""
    mine = (PendingChange.entry_id == entry.id) & (PendingChange.author_id == actor.id)
    # "fetch": otherwise every row in memory is compared, which takes its time where many entries are changed at once.
    db.session.execute(delete(PendingChange).where(mine), execution_options={"synchronize_session": "fetch"})


def drop_change(actor: Actor, entry_id: int) -> None:
    """The author takes the own proposal back; raises Missing when there is none."""
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        pending = session.get(PendingChange, entry.id)
        if pending is None or pending.author_id != actor.id:
            raise Missing
        session.delete(pending)
        record(actor, "entry.change_dropped", entry_id)


def present_values(entry: Entry) -> dict[str, Any]:
    """What the entry says now, in the shape of the service's details."""
    section = entry.places[0].section if entry.places else None
    names = ("title", "url", "summary", "text", "note", "publisher", "organisation_id", "year", "language", "coverage")
    return {name: getattr(entry, name) for name in names} | {
        "kind": str(entry.kind),
        "collection_ids": [place.collection_id for place in entry.places],
        "section": section.title if section else "",
        "tags": entry.tags,
        "details": dict(entry.details or {}),
    }


def changed_values(entry: Entry, details: Any) -> dict[str, Any]:
    """The fields of the details that say something else than the entry, tidied as they will be stored."""
    present = present_values(entry)
    wanted = {name: getattr(details, name) for name in present}
    wanted |= {name: clean_line(wanted[name]) for name in _LINES}
    wanted |= {name: clean_text(wanted[name]) for name in _TEXTS}
    wanted["kind"], wanted["url"] = str(wanted["kind"]), wanted["url"] or None
    wanted["tags"] = [name for name in map(clean_line, wanted["tags"]) if name]
    wanted["details"] = clean_details(Kind(wanted["kind"]), wanted["details"]) or {}
    wanted["organisation_id"] = wanted["organisation_id"] or present["organisation_id"]
    return {name: value for name, value in wanted.items() if _key(name, value) != _key(name, present[name])}


def _key(name: str, value: Any) -> Any:
    return sorted({tag.casefold() for tag in value}) if name == "tags" else value
