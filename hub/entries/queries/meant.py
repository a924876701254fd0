"""Entries that somebody names by number, address or words of the title."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.entries.models import Entry, Status
from hub.entries.queries.listing import Row, load_in_order
from hub.entries.queries.wording import holds

MOST_FOUND = 10
_NUMBER = re.compile(r"(?:.*/entries/)?(\d{1,9})/?")


def find_meant(actor: Actor, entry_id: int, text: str) -> Sequence[Row]:
    """Published entries other than this one that may be meant: by number, by address in the hub, or by words of the
    title."""
    known = number_of(text)
    if known is not None:
        found = load_in_order(actor, [known])
    elif text.strip():
        wanted = select(Entry.id).where(Entry.status == Status.PUBLISHED, Entry.id != entry_id)
        for word in text.split()[:8]:
            wanted = wanted.where(holds(word, Entry.title))
        ids = db.session.scalars(wanted.order_by(Entry.published_at.desc(), Entry.id.desc()).limit(MOST_FOUND))
        found = load_in_order(actor, list(ids))
    else:
        found = []
    return [row for row in found if row.id != entry_id and row.status == Status.PUBLISHED]


def number_of(text: str) -> int | None:
    """The number of an entry that a text names, by itself or in an address of the hub."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None
