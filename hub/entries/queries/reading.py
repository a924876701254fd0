"""Single entries and personal lists."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import g, has_request_context, request
from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Organisation, User
from hub.audit.models import AuditEvent
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.permissions import Role
from hub.entries import policy
from hub.entries.models import Attachment, Bookmark, Entry, EntryCollection, EntryTag, Status
from hub.entries.queries.listing import Row, rows_of
from hub.entries.queries.visibility import visible_to

LARGEST_ID = 2**31 - 1
AT_ONCE = 500
_AT_HAND = "hub_entries_at_hand"
WAITING = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)
_WHOLE = (
    joinedload(Entry.organisation),
    joinedload(Entry.contributor).load_only(User.name),
    joinedload(Entry.pending),
    selectinload(Entry.places).options(joinedload(EntryCollection.collection), joinedload(EntryCollection.section)),
    selectinload(Entry.tag_links).joinedload(EntryTag.tag),
    selectinload(Entry.files).options(joinedload(Attachment.text), joinedload(Attachment.previews)),
    joinedload(Entry.previews),
)


def get_entry(actor: Actor, entry_id: int) -> Entry:
    """A whole entry the actor may see; raises Missing."""
    entry = db.session().info.get(_AT_HAND, {}).get(entry_id)
    if entry is None and 0 < entry_id <= LARGEST_ID:
        statement = select(Entry).where(Entry.id == entry_id, visible_to(actor)).options(*_WHOLE)
        entry = db.session.scalars(statement).unique().one_or_none()
    if entry is None:
        raise Missing
    return entry


@contextmanager
def at_hand(actor: Actor, entry_ids: Iterable[int]) -> Iterator[None]:
    """Read many entries at once before they are worked on one by one in the open unit of work.

    ``get_entry`` gives those until the block ends; nothing is flushed by reading in between.
    """
    session = db.session()
    wanted = sorted(number for number in set(entry_ids) if 0 < number <= LARGEST_ID)
    found: dict[int, Entry] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        statement = select(Entry).where(Entry.id.in_(some), visible_to(actor)).options(*_WHOLE)
        found |= {entry.id: entry for entry in session.scalars(statement).unique()}
    session.info[_AT_HAND] = found
    try:
        with session.no_autoflush:
            yield
    finally:
        del session.info[_AT_HAND]


def get_tombstone(actor: Actor, entry_id: int) -> Entry:
    """An archived entry of which the actor may know that it existed; raises Missing."""
    entry = None
    if 0 < entry_id <= LARGEST_ID:
        entry = db.session.scalar(select(Entry).where(Entry.id == entry_id, Entry.status == Status.WITHDRAWN))
    if entry is None or not policy.sees_tombstone(actor, entry):
        raise Missing
    return entry


def find_last_editor(entry: Entry) -> str:
    """The name of the person who changed an entry last; empty when unknown."""
    statement = (
        select(User.name)
        .join(AuditEvent, AuditEvent.actor_id == User.id)
        .where(AuditEvent.thing == "entry", AuditEvent.thing_id == entry.id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    return db.session.scalar(statement) or ""


def get_attachment(actor: Actor, attachment_id: int) -> Attachment:
    """A file of an entry the actor may see; raises Missing."""
    attachment = None
    if 0 < attachment_id <= LARGEST_ID:
        attachment = db.session.scalar(
            select(Attachment)
            .join(Entry, Entry.id == Attachment.entry_id)
            .where(Attachment.id == attachment_id, visible_to(actor))
        )
    if attachment is None:
        raise Missing
    return attachment


def find_held_files(actor: Actor, attachment_ids: Sequence[int]) -> Sequence[Attachment]:
    """Files of the actor that wait for their form to be taken."""
    wanted = [i for i in attachment_ids if 0 < i <= LARGEST_ID]
    if not wanted:
        return []
    return db.session.scalars(
        select(Attachment).where(
            Attachment.id.in_(wanted), Attachment.entry_id.is_(None), Attachment.uploader_id == actor.id
        )
    ).all()


def find_own(actor: Actor) -> list[Row]:
    """What the actor contributed, newest first."""
    ids = db.session.scalars(
        select(Entry.id)
        .where(Entry.contributor_id == actor.id, Entry.status != Status.DELETED)
        .order_by(Entry.updated_at.desc(), Entry.id.desc())
        .limit(500)
    )
    return rows_of(list(ids))


def find_waiting(actor: Actor, status: Status, limit: int = 200) -> list[Row]:
    """The queue of the office (or of a coordination for its organisation): oldest first."""
    require(actor.is_office or actor.role == Role.COORDINATOR)
    ids = db.session.scalars(
        select(Entry.id)
        .where(Entry.status == status, visible_to(actor))
        .order_by(Entry.submitted_at, Entry.id)
        .limit(limit)
    )
    return rows_of(list(ids))


def count_by_status(actor: Actor, status: Status) -> int:
    """How many entries of that status the actor may see."""
    return db.session.scalar(select(func.count()).where(Entry.status == status, visible_to(actor))) or 0


@dataclass(frozen=True, slots=True)
class Twin:
    """Another entry with the same address."""

    id: int
    title: str
    organisation: str
    year: int | None


def find_with_url(actor: Actor, url: str, except_id: int | None = None) -> list[Twin]:
    """Entries the actor may see that carry the same address."""
    statement = (
        select(Entry.id, Entry.title, Organisation.label, Entry.year)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .where(Entry.url == url, visible_to(actor))
    )
    if except_id is not None:
        statement = statement.where(Entry.id != except_id)
    return [Twin(*row) for row in db.session.execute(statement.order_by(Entry.id).limit(5))]


def bookmark_ids(actor: Actor) -> frozenset[int]:
    """Numbers of the entries on the actor's Merkliste; read once a request, and counted by the menu."""
    if not has_request_context() or request.method != "GET":
        return _bookmark_ids(actor)
    if "bookmark_ids" not in g:
        g.bookmark_ids = _bookmark_ids(actor)
    return frozenset(g.bookmark_ids)


def _bookmark_ids(actor: Actor) -> frozenset[int]:
    return frozenset(db.session.scalars(_BOOKMARKED, {"user_id": actor.id}))


_BOOKMARKED = select(Bookmark.entry_id).where(Bookmark.user_id == bindparam("user_id"))


def find_bookmark_ids(actor: Actor) -> list[int]:
    """Numbers of the entries on the actor's Merkliste that the actor may still see, latest first."""
    found = db.session.execute(
        select(Bookmark.entry_id, case((visible_to(actor), 1), else_=0))
        .join(Entry, Entry.id == Bookmark.entry_id)
        .where(Bookmark.user_id == actor.id)
        .order_by(Bookmark.created_at.desc(), Bookmark.entry_id.desc())
    ).all()
    if has_request_context() and request.method == "GET":
        g.setdefault("bookmark_ids", frozenset(entry_id for entry_id, _visible in found))
    return [entry_id for entry_id, is_visible in found if is_visible]


def known_bookmark_count() -> int | None:
    """How many entries are on the actor's Merkliste, for the menu, when the page has read them already."""
    return len(g.bookmark_ids) if has_request_context() and "bookmark_ids" in g else None


def bookmark_count(actor: Actor) -> Select[int]:
    """The question for how many entries are on the actor's Merkliste, for the menu."""
    return select(func.count()).select_from(Bookmark).where(Bookmark.user_id == actor.id)


def find_bookmarked(actor: Actor, limit: int = 200) -> list[Row]:
    """The actor's Merkliste, latest first; only what the actor may still see."""
    ids = db.session.scalars(
        select(Bookmark.entry_id)
        .join(Entry, Entry.id == Bookmark.entry_id)
        .where(Bookmark.user_id == actor.id, visible_to(actor))
        .order_by(Bookmark.created_at.desc(), Bookmark.entry_id.desc())
        .limit(limit)
    )
    return rows_of(list(ids))
