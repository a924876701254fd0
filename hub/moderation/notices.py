"""Letters to those who contributed: what became of their entries, changes and reports, unless they want none."""

from collections.abc import Sequence
from typing import Any

from hub.accounts.models import User
from hub.accounts.service.opening import as_actor
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.links import absolute
from hub.entries import policy
from hub.entries.models import Entry, Status
from hub.mailing.service import post
from hub.moderation.models import Report

DECIDED = {
    Status.PUBLISHED: "entry_approved",
    Status.RETURNED: "entry_returned",
    Status.REJECTED: "entry_rejected",
}


def tell_entries_decided(actor: Actor, entries: Sequence[Entry]) -> None:
    """Entries are published, go back with a note, or are refused with a reason."""
    for entry in entries:
        _tell(actor, entry.contributor_id, DECIDED[Status(entry.status)], entry, note=entry.status_note)


def tell_change_approved(actor: Actor, entry: Entry, author_id: int) -> None:
    """The change stands in the entry."""
    _tell(actor, author_id, "change_approved", entry)


def tell_change_returned(actor: Actor, entry: Entry, author_id: int, note: str) -> None:
    """The change goes back with a note."""
    _tell(actor, author_id, "change_returned", entry, note=note)


def tell_report_decided(actor: Actor, report: Report, entry: Entry) -> None:
    """Thanks, and what came of it."""
    _tell(actor, report.reporter_id, "report_settled", entry, outcome=str(report.state), answer=report.answer)


def _tell(actor: Actor, person_id: int | None, template: str, entry: Entry, **more: Any) -> None:
    """Nobody is told what they did themselves or may no longer see, and nobody who has gone or wants no letters."""
    person = db.session.get(User, person_id) if person_id is not None and person_id != actor.id else None
    if person is None or person.blocked_at is not None or not person.wants_letters:
        return
    reader = as_actor(person)
    if not (policy.may_see(reader, entry) or policy.sees_tombstone(reader, entry)):
        return
    url = absolute("entries.show", entry_id=entry.id)
    post(template, person.email, person.language, name=person.name, entry_title=entry.title, url=url, **more)
