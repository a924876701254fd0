"""Keeping a version of every entry at the end of each unit of work that changed it, and setting entries back.

Listeners note which entries a unit touches; no service needs to think of it. The first version of an entry that was
imported is written when it changes for the first time: an import of thousands writes no versions.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, event, func, insert, select
from sqlalchemy.orm import Session

from hub.accounts.models import Organisation
from hub.audit.service import record, recorded
from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.unit_of_work import notes_of, unit_of_work
from hub.entries import policy, queries
from hub.entries.models import (
    Attachment,
    Entry,
    EntryCollection,
    EntryRevision,
    EntryTag,
    Kind,
    RemovedFile,
    Status,
)
from hub.entries.queries.many import portions
from hub.entries.queries.revisions import Snapshot, get_revisions, load_snapshots
from hub.entries.service import contributing
from hub.entries.service.contributing import EntryDetails

FILES_KEPT_FOR = timedelta(days=30)
TAKEN_IN, IMPORTED = "entry.taken_in", "entry.imported"
_NOTES = "revisions"


class _Seen:
    """What a unit did to entries so far."""

    def __init__(self) -> None:
        self.made: set[int] = set()
        self.before: dict[int, Snapshot] = {}


def watch_revisions() -> None:
    """Attach the listeners to the sessions of the hub, once."""
    for name, listener in (("before_flush", _look_before), ("after_flush", _look_after)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def write_revisions(session: Session) -> None:
    """Keep a version of every entry that reads otherwise than before this unit; runs before its commit."""
    session.flush()
    seen = (notes_of(session) or {}).get(_NOTES)
    if seen is None:
        return
    events = {e.thing_id: (e.actor_id, e.action) for e in recorded(session) if e.thing == "entry" and e.thing_id}
    told = seen.made & events.keys()
    after = load_snapshots(session, told | seen.before.keys())
    changed = [i for i in after if i in told or _differ(seen.before[i], after[i])]
    numbers = _last_numbers(session, [i for i in changed if i not in told])
    kept = []
    for entry_id in sorted(changed):
        number = numbers.get(entry_id, 0)
        if entry_id not in told and not number:
            number, before = 1, seen.before[entry_id]
            kept.append(_revision(entry_id, number, before, before.contributor_id, TAKEN_IN, before.updated_at))
        actor_id, action = events.get(entry_id, (None, IMPORTED))
        kept.append(_revision(entry_id, number + 1, after[entry_id], actor_id, action, clock.now()))
    if kept:
        session.execute(insert(EntryRevision.__table__), kept)


def look_ahead(session: Session, entry_ids: Iterable[int]) -> None:
    """Read what many entries say before they are changed one by one in the open unit of work."""
    notes = notes_of(session)
    if notes is None:
        return
    seen = notes.setdefault(_NOTES, _Seen())
    for some in portions(set(entry_ids) - seen.made - seen.before.keys()):
        seen.before |= load_snapshots(session, some)


def set_back(actor: Actor, entry_id: int, number: int, version: int) -> list[str]:
    """Let an entry say again what it said in an earlier version, by the rules of any edit.

    ``version`` is the one the actor looked at. Returns the names of files that are no longer there.
    """
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        require(policy.may_edit(actor, entry))
        [wanted] = get_revisions(actor, entry, [number])
        present = {file.checksum for file in entry.files}
        checksums = {file["checksum"] for file in wanted.fields["files"]}
        brought, lost = bring_back(session, actor, entry_id, wanted.fields["files"], present)
        contributing.revise_entry(
            actor,
            entry,
            _details(session, wanted.fields),
            version,
            file_ids=brought,
            removed_file_ids=[file.id for file in entry.files if file.checksum not in checksums],
            is_draft=entry.status == Status.DRAFT,
        )
        record(actor, "entry.set_back", entry_id, number=number)
    return lost


def sweep_removed_files(_payload: dict[str, Any]) -> None:
    """Forget files that left their entry long ago; their content goes with the next sweep of uploads."""
    with unit_of_work() as session:
        session.execute(delete(RemovedFile).where(RemovedFile.removed_at < clock.now() - FILES_KEPT_FOR))


def _look_before(session: Session, _flush: Any, _instances: Any) -> None:
    """What entries said before this flush changes them, while the tables still say it."""
    notes = notes_of(session)
    if notes is None:
        return
    touched = {number for row in _changing(session) if (number := _entry_of(row)) is not None}
    seen = notes.get(_NOTES)
    if seen is not None:
        touched -= seen.made | seen.before.keys()
    if touched:
        seen = notes.setdefault(_NOTES, _Seen())
        seen.before |= load_snapshots(session, touched)
    for row in session.deleted:
        if isinstance(row, Attachment) and row.entry_id is not None:
            session.add(_removed(row))


def _look_after(session: Session, _flush: Any) -> None:
    """Which entries are new."""
    notes = notes_of(session)
    if notes is None:
        return
    for row in session.new:
        if isinstance(row, Entry):
            notes.setdefault(_NOTES, _Seen()).made.add(row.id)
    for row in session.deleted:
        if isinstance(row, Entry):
            notes.setdefault(_NOTES, _Seen()).before.pop(row.id, None)


def _changing(session: Session) -> Iterable[Any]:
    yield from (row for row in session.new if not isinstance(row, Entry))
    yield from session.deleted
    yield from (row for row in session.dirty if session.is_modified(row))


def _entry_of(row: Any) -> int | None:
    if isinstance(row, Entry):
        return row.id
    if isinstance(row, (EntryCollection, EntryTag, Attachment)):
        return row.entry_id
    return None


def _differ(before: Snapshot, after: Snapshot) -> bool:
    return (before.status, before.fields) != (after.status, after.fields)


def _last_numbers(session: Session, entry_ids: list[int]) -> dict[int, int]:
    if not entry_ids:
        return {}
    last = select(EntryRevision.entry_id, func.max(EntryRevision.number)).group_by(EntryRevision.entry_id)
    return {row[0]: row[1] for row in session.execute(last.where(EntryRevision.entry_id.in_(entry_ids)))}


def _revision(
    entry_id: int, number: int, snapshot: Snapshot, actor_id: int | None, action: str, moment: datetime
) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "number": number,
        "actor_id": actor_id,
        "at": moment,
        "action": action,
        "status": snapshot.status,
        "fields": snapshot.fields,
    }


def _removed(file: Attachment) -> RemovedFile:
    return RemovedFile(
        entry_id=file.entry_id,
        name=file.name,
        media_type=file.media_type,
        extension=file.extension,
        size=file.size,
        checksum=file.checksum,
        removed_at=clock.now(),
    )


def _details(session: Session, fields: dict[str, Any]) -> EntryDetails:
    """A kept version in the shape an edit takes; collections and organisations that are gone are left out."""
    wanted = [place["id"] for place in fields["collections"]]
    there = set(session.scalars(select(Collection.id).where(Collection.id.in_(wanted))))
    places = [place for place in fields["collections"] if place["id"] in there]
    organisation = session.scalar(select(Organisation.id).where(Organisation.id == fields["organisation_id"]))
    return EntryDetails(
        title=fields["title"],
        kind=Kind(fields["kind"]),
        collection_ids=[place["id"] for place in places],
        url=fields["url"],
        summary=fields["summary"],
        text=fields["text"],
        note=fields["note"],
        section=places[0]["section"] if places else "",
        tags=fields["tags"],
        publisher=fields["publisher"],
        organisation_id=organisation,
        year=fields["year"],
        language=fields["language"],
        coverage=fields["coverage"],
        details=fields["details"] or {},
    )


def bring_back(
    session: Session, actor: Actor, entry_id: int, wanted: list[dict[str, str]], present: set[str]
) -> tuple[list[int], list[str]]:
    """Files of a version that have left the entry since: numbers of those taken back, names of those that are gone."""
    brought, lost = [], []
    for file in wanted:
        if file["checksum"] in present:
            continue
        kept = session.scalar(
            select(RemovedFile)
            .where(RemovedFile.entry_id == entry_id, RemovedFile.checksum == file["checksum"])
            .order_by(RemovedFile.id.desc())
            .limit(1)
        )
        if kept is None:
            lost.append(file["name"])
            continue
        back = Attachment(
            uploader_id=actor.id,
            name=kept.name,
            media_type=kept.media_type,
            extension=kept.extension,
            size=kept.size,
            checksum=kept.checksum,
        )
        session.add(back)
        session.delete(kept)
        session.flush()
        brought.append(back.id)
    return brought, lost
