"""Notes between the office and contributors about an entry: written with each decision, and by themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from hub.accounts.models import User
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import OFFICE_ROLES, Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.models import Entry
from hub.moderation import notices, policy
from hub.moderation.models import NoteKind, SubmissionNote

MOST_SHOWN, MOST_A_DAY = 100, 20
DAY = timedelta(days=1)
DECIDED = (NoteKind.APPROVED, NoteKind.RETURNED, NoteKind.REJECTED)


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the page shows it; ``author`` is empty when nobody or nobody any longer wrote it."""

    id: int
    author: str
    is_office: bool
    kind: str
    text: str
    at: datetime


def find_notes(actor: Actor, entry: Entry) -> list[Note]:
    """The notes about an entry, oldest first; none for those whom they do not concern."""
    if not policy.may_read_notes(actor, entry):
        return []
    rows = db.session.execute(
        select(
            SubmissionNote.id, User.name, SubmissionNote.is_office, SubmissionNote.kind, SubmissionNote.text,
            SubmissionNote.at,
        )
        .outerjoin(User, User.id == SubmissionNote.author_id)
        .where(SubmissionNote.entry_id == entry.id)
        .order_by(SubmissionNote.id.desc())
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return [Note(row[0], row[1] or "", *row[2:]) for row in reversed(rows.all())]


def write_note(actor: Actor, entry_id: int, text: str) -> Entry:
    """Write to the other side; the office reaches the contributor, the contributor those of the office who wrote."""
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        require(policy.may_write_note(actor, entry))
        words = clean_text(text)
        if not words:
            raise Refused(_("Bitte schreiben Sie etwas."))
        _refuse_flood(actor)
        note = SubmissionNote(
            entry_id=entry_id,
            author_id=actor.id,
            is_office=actor.is_office,
            kind=NoteKind.NOTE,
            text=words,
            at=clock.now(),
        )
        session.add(note)
        session.flush()
        record(actor, "entry.noted", entry_id)
        readers = [entry.contributor_id] if actor.is_office else _office_of(entry_id)
        notices.tell_note(actor, entry, words, [n for n in readers if n is not None], f"note-{note.id}")
    return entry


def add_decisions(
    actor: Actor, entries: Sequence[Entry], kind: NoteKind, text: str, letters: Mapping[int, str]
) -> None:
    """Keep with each entry what was decided, inside the open unit of work; ``letters`` are keys by entry."""
    if not entries:
        return
    common = {"author_id": actor.id, "is_office": True, "kind": str(kind), "text": text, "at": clock.now()}
    rows = [{**common, "entry_id": entry.id, "letter": letters.get(entry.id)} for entry in entries]
    db.session.execute(insert(SubmissionNote), rows)


def letters_of(entries: Sequence[Entry]) -> dict[str, set[int]]:
    """The letters that told the latest decisions about these entries, with the entries that each is about."""
    latest = (
        select(func.max(SubmissionNote.id))
        .where(SubmissionNote.entry_id.in_([entry.id for entry in entries]), SubmissionNote.kind.in_(DECIDED))
        .group_by(SubmissionNote.entry_id)
    )
    found: dict[str, set[int]] = defaultdict(set)
    rows = select(SubmissionNote.letter, SubmissionNote.entry_id).where(SubmissionNote.id.in_(latest))
    for letter, entry_id in db.session.execute(rows.where(SubmissionNote.letter.is_not(None))):
        found[letter or ""].add(entry_id)
    return found


def _office_of(entry_id: int) -> Sequence[int]:
    """Who of the office wrote about this entry; everybody there when nobody did."""
    is_office = User.role.in_(OFFICE_ROLES) & User.blocked_at.is_(None)
    wrote = (
        select(User.id)
        .join(SubmissionNote, SubmissionNote.author_id == User.id)
        .where(SubmissionNote.entry_id == entry_id, is_office)
        .distinct()
    )
    return list(db.session.scalars(wrote)) or list(db.session.scalars(select(User.id).where(is_office)))


def _refuse_flood(actor: Actor) -> None:
    """Contributors write twenty notes a day at most."""
    if actor.is_office:
        return
    since = clock.now() - DAY
    written = select(func.count()).where(SubmissionNote.author_id == actor.id, SubmissionNote.at > since)
    if (db.session.scalar(written) or 0) >= MOST_A_DAY:
        raise Refused(
            _("Heute haben Sie schon %(count)d Nachrichten geschickt. Morgen geht es weiter.", count=MOST_A_DAY)
        )
