"""The Merkliste: a person marks an entry or takes the mark off."""

from sqlalchemy import delete

from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.permissions import Permission
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.models import Bookmark


def add_bookmark(actor: Actor, entry_id: int) -> None:
    """Mark an entry the actor may see; marking twice changes nothing."""
    require(actor.may(Permission.BOOKMARK_KEEP))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        if actor.id is not None and session.get(Bookmark, (actor.id, entry.id)) is None:
            session.add(Bookmark(user_id=actor.id, entry_id=entry.id))


def remove_bookmark(actor: Actor, entry_id: int) -> None:
    """Take the mark off; also from an entry the actor can no longer see."""
    with unit_of_work():
        db.session.execute(delete(Bookmark).where(Bookmark.user_id == actor.id, Bookmark.entry_id == entry_id))
