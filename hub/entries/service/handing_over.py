"""When somebody leaves: what the person looked after goes to a successor, and comes back if it was a mistake."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from hub.accounts.models import User
from hub.core import clock
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, Entry, Handover, MailToken, PendingChange, Practice, SavedForm, Status

KEPT_FOR = timedelta(days=30)


def hand_over(leaver: User, successor: User) -> None:
    """Entries, drafts, waiting changes and begun forms go to the successor; belongs into the unit of leaving.

    What organisations do is theirs anyway; where the leaver's address stands as contact, it is taken out and the
    organisation is asked to look at it.
    """
    with unit_of_work() as session:
        mine = select(Entry.id).where(Entry.contributor_id == leaver.id, Entry.status != Status.DELETED)
        ids = list(session.scalars(mine))
        session.execute(delete(Handover).where(Handover.entry_id.in_(mine)))
        session.add_all(Handover(entry_id=number, from_id=leaver.id, to_id=successor.id) for number in ids)
        session.flush()
        moved = update(Entry).where(Entry.contributor_id == leaver.id, Entry.status != Status.DELETED)
        session.execute(moved.values(contributor_id=successor.id))
        changes = update(PendingChange).where(PendingChange.author_id == leaver.id)
        session.execute(changes.values(author_id=successor.id))
        session.execute(update(SavedForm).where(SavedForm.user_id == leaver.id).values(user_id=successor.id))
        held = update(Attachment).where(Attachment.uploader_id == leaver.id, Attachment.entry_id.is_(None))
        session.execute(held.values(uploader_id=successor.id))
        session.execute(delete(MailToken).where(MailToken.user_id == leaver.id))
        for practice in session.scalars(select(Practice).where(Practice.contact_email == leaver.email)):
            practice.contact_email, practice.review_on = "", clock.today()


def give_back(leaver: User) -> None:
    """What went to a successor comes back, unless it has gone on to somebody else; in the open unit of work."""
    with unit_of_work() as session:
        rows = session.scalars(select(Handover).where(Handover.from_id == leaver.id)).all()
        for row in rows:
            still = update(Entry).where(Entry.id == row.entry_id, Entry.contributor_id == row.to_id)
            session.execute(still.values(contributor_id=leaver.id))
            session.delete(row)


def sweep_handovers(_payload: dict[str, Any]) -> None:
    """After a month nobody undoes a leaving any more."""
    with unit_of_work() as session:
        session.execute(delete(Handover).where(Handover.at < clock.now() - KEPT_FOR))
