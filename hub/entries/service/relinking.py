"""Giving published entries another link because the former one has moved or died; the page behind it is the same."""

from collections.abc import Mapping

from sqlalchemy import select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy
from hub.entries.models import Entry


def change_links(actor: Actor, urls: Mapping[int, str | None]) -> list[Entry]:
    """Set the link of each of these entries; the picture stays. Gives the entries with their new versions."""
    moment = clock.now()
    with unit_of_work() as session:
        entries = list(session.scalars(select(Entry).where(Entry.id.in_(urls)).with_for_update()))
        for entry in entries:
            require(policy.may_edit(actor, entry))
            entry.url, entry.updated_at = urls[entry.id], moment
            record(actor, "entry.relinked", entry.id, url=urls[entry.id])
        session.flush()
    return entries
