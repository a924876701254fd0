"""Making one entry of two, and taking that back. One unit of work each.

The entry that is left takes the chosen values and everything that hangs on the other: places, keywords, files,
bookmarks, practice, reports. The other one is archived and leads to it (``MergedEntry``); its versions stay readable.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint, and_, delete, exists, select, update
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.findings import Settled
from hub.core.unit_of_work import unit_of_work
from hub.duplicates import choosing, policy
from hub.duplicates.models import DuplicatePair, PairState
from hub.duplicates.queries import titles_of
from hub.duplicates.service.deciding import get_pair_as_shown
from hub.entries import queries
from hub.entries.models import (
    APART,
    TEXT_LENGTH,
    TOGETHER,
    Entry,
    EntryBody,
    Kind,
    MergedEntry,
    PendingChange,
    Relation,
    Status,
    address_of,
)
from hub.entries.service.contributing import EntryDetails, apply_details
from hub.entries.service.holding import present_values
from hub.entries.service.relating import write_relation
from hub.indexing import changelog
from hub.undoing.service import Row, remember

MERGED = "duplicates.merged"
MERGEABLE = (Status.PUBLISHED, Status.SUBMITTED)
# Tables whose rows follow the entry that is left, as far as it has none of the same sort. Tests know all others.
FOLLOWING = ("bookmark", "practice", "report", "question_answer", "featured_entry")


def merge_entries(
    actor: Actor, kept_id: int, gone_id: int, versions: tuple[int, int], choice: Mapping[str, str] | None = None
) -> int:
    """Make one of two; ``versions`` are those of both that were shown. Returns the number that undoes it.

    ``choice`` says for fields whose value is taken (``choosing``); the better one where it says nothing. Raises
    Conflict when one of them has moved on, Refused when a member's change of one of them still waits.
    """
    require(policy.may_decide(actor))
    with unit_of_work() as session:
        kept, gone = queries.get_entry(actor, kept_id), queries.get_entry(actor, gone_id)
        _refuse(session, kept, gone, versions)
        before = _before(session, kept, gone)
        titles = [kept.title, gone.title]
        values = choosing.joined(kept, gone, choice or {})
        details = _details(kept, gone, values)
        moment = clock.now()
        sections = {place.collection_id: place.section_id for place in gone.places}
        has_come = {place.collection_id for place in gone.places} - {place.collection_id for place in kept.places}
        if kept.status != Status.PUBLISHED and gone.status == Status.PUBLISHED:
            kept.move_to(Status.PUBLISHED, moment)
        gone.move_to(Status.WITHDRAWN, moment)
        gone.status_note = _("Zusammengeführt mit „%(title)s“.", title=details.title)
        session.flush()
        known = {file.checksum for file in kept.files}
        added = [file for file in gone.files if file.checksum not in known]
        apply_details(kept, details, added, list(kept.files), moment)
        for place in kept.places:
            if place.collection_id in has_come:
                place.section_id = sections[place.collection_id]
        session.flush()
        before["files"] = [file.id for file in added]
        before["moved"] = {name: _move(session, _table(name), gone_id, kept_id) for name in FOLLOWING}
        before["body"] = _take_body(session, gone_id, kept_id)
        before["led"] = _lead_on(session, gone_id, kept_id)
        before["pairs"] = _settle_pairs(session, gone_id, kept_id)
        before["relations"] = _relate_on(session, gone_id, kept_id)
        session.add(MergedEntry(entry_id=gone_id, into_id=kept_id, titles=titles, at=moment))
        changelog.append(session, [("entry", kept_id), ("entry", gone_id)])
        record(actor, "entry.merged", kept_id, other=gone_id)
        record(actor, "entry.merged", gone_id, into=kept_id)
        session.flush()
        rows = [Row(kept_id, before, kept.version), Row(gone_id, {"status": before["gone_status"]}, gone.version)]
        label = _("„%(gone)s“ mit „%(kept)s“ zusammengeführt", gone=titles[1], kept=kept.title)
        return remember(actor, MERGED, label, rows)


def merge_pair(
    actor: Actor,
    pair_id: int,
    version: int,
    kept_id: int,
    gone_id: int,
    versions: tuple[int, int],
    choice: Mapping[str, str],
) -> int:
    """``merge_entries`` for a pair as it was shown; raises Conflict when somebody has decided about it."""
    require(policy.may_decide(actor))
    with unit_of_work():
        pair = get_pair_as_shown(pair_id, version)
        if {pair.one_id, pair.other_id} != {kept_id, gone_id}:
            raise Refused
        return merge_entries(actor, kept_id, gone_id, versions, choice)


def merge_pairs(actor: Actor, chosen: Iterable[tuple[int, int]]) -> Settled:
    """Make one of each pair, the older entry kept, the better values taken; what has moved on is left alone.

    Several pairs of a group follow each other: what became one a moment ago is met as what it became.
    """
    require(policy.may_decide(actor))
    done, last = 0, None
    with unit_of_work() as session:
        wanted = dict(chosen)
        found = session.scalars(select(DuplicatePair).where(DuplicatePair.id.in_(wanted)).with_for_update())
        pairs = [pair for pair in found if pair.state == PairState.OPEN and pair.version == wanted[pair.id]]
        gone = sorted(wanted.keys() - {pair.id for pair in pairs})
        for pair in sorted(pairs, key=lambda pair: pair.id):
            if pair.state != PairState.OPEN:  # the third pair of three entries: settled with the second
                done += 1
                continue
            kept, other = session.get_one(Entry, pair.one_id), session.get_one(Entry, pair.other_id)
            if kept.status != Status.PUBLISHED and other.status == Status.PUBLISHED:
                kept, other = other, kept
            try:
                last = merge_entries(actor, kept.id, other.id, (kept.version, other.version))
                done += 1
            except (Conflict, Refused):
                gone.append(pair.id)
    return Settled(done, titles_of(gone), last if done == 1 else None)


def part_again(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``merge_entries``: both entries as they were. When one was changed since, both stay."""
    session = db.session()
    row = next(row for row in rows if "values" in row.before)
    versions = {one.thing_id: one.after_version for one in rows}
    before, kept_id = row.before, row.thing_id
    gone_id = before["gone"]
    found = {entry.id: entry for entry in session.scalars(select(Entry).where(Entry.id.in_([kept_id, gone_id])))}
    if any(number not in found or found[number].version != versions[number] for number in (kept_id, gone_id)):
        return 0, tuple(entry.title for entry in found.values())
    kept, gone = queries.get_entry(actor, kept_id), queries.get_entry(actor, gone_id)
    moment = clock.now()
    session.delete(session.get_one(MergedEntry, gone_id))
    gone.move_to(Status(before["gone_status"]), moment)
    gone.status_note, gone.submitted_at = before["gone_note"], _moment(before["gone_submitted_at"])
    session.flush()
    for file in [file for file in kept.files if file.id in before["files"]]:
        file.entry_id = gone_id
    session.flush()
    session.expire(kept, ["files"])
    session.expire(gone, ["files"])
    kept, gone = queries.get_entry(actor, kept_id), queries.get_entry(actor, gone_id)
    details = EntryDetails(**{**before["values"], "kind": Kind(before["values"]["kind"])})
    apply_details(kept, details, [], list(kept.files), moment)
    kept.has_stopgap_title = before["has_stopgap_title"]
    _restore_places(kept, before["places"])
    if kept.status != before["kept_status"]:
        kept.move_to(Status(before["kept_status"]), moment)
        kept.published_at, kept.submitted_at = None, _moment(before["kept_submitted_at"])
    session.flush()
    for name, keys in before["moved"].items():
        _set_entry(session, _table(name), kept_id, gone_id, keys)
    if before["body"]:
        session.execute(delete(EntryBody).where(EntryBody.entry_id == kept_id))
    session.execute(update(MergedEntry).where(MergedEntry.entry_id.in_(before["led"])).values(into_id=gone_id))
    _open_pairs(session, before["pairs"])
    _set_relations_back(session, before.get("relations", []))
    changelog.append(session, [("entry", kept_id), ("entry", gone_id)])
    for number in (kept_id, gone_id):
        record(actor, "entry.parted", number)
    return 2, ()


def _refuse(session: Session, kept: Entry, gone: Entry, versions: tuple[int, int]) -> None:
    if kept.id == gone.id:
        raise Refused(_("Ein Eintrag lässt sich nicht mit sich selbst zusammenführen."))
    if (kept.version, gone.version) != versions:
        raise Conflict(_("Einer der beiden Einträge wurde inzwischen geändert. Bitte vergleichen Sie sie noch einmal."))
    if kept.status not in MERGEABLE or gone.status not in MERGEABLE:
        raise Conflict(
            _("Einer der beiden Einträge ist nicht mehr da: archiviert, gelöscht oder schon zusammengeführt.")
        )
    waiting = select(PendingChange.entry_id).where(PendingChange.entry_id.in_([kept.id, gone.id]))
    if session.scalar(waiting.limit(1)) is not None:
        raise Refused(
            _("An einem der beiden Einträge wartet noch eine Änderung. Bitte entscheiden Sie zuerst darüber.")
        )


def _before(session: Session, kept: Entry, gone: Entry) -> dict[str, Any]:
    return {
        "gone": gone.id,
        "values": present_values(kept),
        "has_stopgap_title": kept.has_stopgap_title,
        "places": [[place.collection_id, place.section_id, place.position] for place in kept.places],
        "kept_status": kept.status,
        "gone_status": gone.status,
        "gone_note": gone.status_note,
        "gone_submitted_at": _written(gone.submitted_at),
        "kept_submitted_at": _written(kept.submitted_at),
    }


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _details(kept: Entry, gone: Entry, values: dict[str, Any]) -> EntryDetails:
    """The chosen values with places, keywords and addresses of both."""
    addresses = {address: url for url in (gone.url, kept.url) if (address := address_of(url))}
    chosen = address_of(values["url"])
    text = values["text"] or ""
    for address, url in addresses.items():
        if address != chosen and url not in text:
            text = f"{text}\n\n{_('Weiterer Link:')} <{url}>".strip()
    if len(text) > TEXT_LENGTH:
        raise Refused(_("Beide Texte zusammen sind zu lang. Bitte wählen Sie einen davon."))
    section = kept.places[0].section.title if kept.places and kept.places[0].section else ""
    homes = [place.collection_id for place in (*kept.places, *gone.places)]
    more = {"text": text, "section": section, "collection_ids": list(dict.fromkeys(homes))}
    more["kind"] = Kind(values["kind"])
    return EntryDetails(**(values | more | {"tags": [*kept.tags, *gone.tags]}))


def _restore_places(entry: Entry, places: Sequence[Sequence[Any]]) -> None:
    known = {place.collection_id: place for place in entry.places}
    for collection_id, section_id, position in places:
        if collection_id in known:
            known[collection_id].section_id, known[collection_id].position = section_id, position


def _table(name: str) -> Table:
    return db.metadata.tables[name]


def _key_columns(table: Table) -> list[Any]:
    return [column for column in table.primary_key.columns if column.name != "entry_id"]


def _move(session: Session, table: Table, from_id: int, to_id: int) -> list[list[Any]]:
    """Let rows follow, except where the other entry has one of the same sort; the keys of those that moved."""
    there = table.alias()
    same = [and_(there.c.entry_id == to_id, *(there.c[name] == table.c[name] for name in names))
            for names in _unique_names(table)]  # fmt: skip
    free = and_(table.c.entry_id == from_id, *(~exists().where(condition) for condition in same))
    keys = [list(row) for row in session.execute(select(*_key_columns(table)).where(free))]
    _set_entry(session, table, from_id, to_id, keys)
    return keys


def _set_entry(session: Session, table: Table, from_id: int, to_id: int, keys: Sequence[Sequence[Any]]) -> None:
    columns = _key_columns(table)
    for key in keys:
        here = [column == value for column, value in zip(columns, key, strict=True)]
        session.execute(update(table).where(table.c.entry_id == from_id, *here).values(entry_id=to_id))


def _unique_names(table: Table) -> list[list[str]]:
    """For each rule of the table that names the entry, what else it names."""
    rules = [rule for rule in table.constraints if isinstance(rule, (PrimaryKeyConstraint, UniqueConstraint))]
    found = [[column.name for column in rule.columns] for rule in rules]
    return [[name for name in names if name != "entry_id"] for names in found if "entry_id" in names]


def _take_body(session: Session, gone_id: int, kept_id: int) -> bool:
    """The long text that came with an import, when the other one has none."""
    both = select(EntryBody).where(EntryBody.entry_id.in_([gone_id, kept_id]))
    bodies = {body.entry_id: body.body for body in session.scalars(both)}
    if gone_id not in bodies or kept_id in bodies:
        return False
    session.add(EntryBody(entry_id=kept_id, body=bodies[gone_id]))
    return True


def _lead_on(session: Session, gone_id: int, kept_id: int) -> list[int]:
    """What led to the one that goes leads to the one that is left."""
    led = list(session.scalars(select(MergedEntry.entry_id).where(MergedEntry.into_id == gone_id)))
    session.execute(update(MergedEntry).where(MergedEntry.entry_id.in_(led)).values(into_id=kept_id))
    return led


def _relate_on(session: Session, gone_id: int, kept_id: int) -> list[list[Any]]:
    """What belongs together with the one that goes belongs to the one that is left; what has been said there stays,
    except that together counts more than apart. Gives each changed pair as it was and as it is (empty: nothing)."""
    either = Relation.one_id.in_([gone_id, kept_id]) | Relation.other_id.in_([gone_id, kept_id])
    said = {(row.one_id, row.other_id): row.state for row in session.scalars(select(Relation).where(either))}
    wanted = dict(said)
    for pair in [pair for pair in said if gone_id in pair]:
        third = pair[1] if pair[0] == gone_id else pair[0]
        new = (min(third, kept_id), max(third, kept_id))
        if third != kept_id:
            wanted[new] = TOGETHER if TOGETHER in (said[pair], said.get(new)) else APART
        wanted[pair] = ""
    changed = {pair: state for pair, state in wanted.items() if said.get(pair, "") != state}
    for pair, state in changed.items():
        write_relation(session, *pair, state)
    return [[*pair, said.get(pair, ""), state] for pair, state in changed.items()]


def _set_relations_back(session: Session, changed: Sequence[Sequence[Any]]) -> None:
    """As they were, except those about which something else was said since."""
    back = []
    for one_id, other_id, before, after in changed:
        found = session.get(Relation, (one_id, other_id), populate_existing=True)
        if (found.state if found else "") == after:
            back.append((one_id, other_id, before))
    there = {number for one_id, other_id, _state in back for number in (one_id, other_id)}
    known = set(session.scalars(select(Entry.id).where(Entry.id.in_(there))))
    for row in back:
        if known.issuperset(row[:2]):
            write_relation(session, *row)


def _settle_pairs(session: Session, gone_id: int, kept_id: int) -> list[list[Any]]:
    """The pair is one; other pairs of the one that goes are pairs of the one that is left. As they were before."""
    either = (DuplicatePair.one_id == gone_id) | (DuplicatePair.other_id == gone_id)
    found = list(session.scalars(select(DuplicatePair).where(either, DuplicatePair.state != PairState.MERGED)))
    before = [[pair.id, pair.one_id, pair.other_id, pair.state] for pair in found]
    mine = select(DuplicatePair.one_id, DuplicatePair.other_id)
    known = {
        tuple(row)
        for row in session.execute(mine.where((DuplicatePair.one_id == kept_id) | (DuplicatePair.other_id == kept_id)))
    }
    for pair in found:
        third = pair.other_id if pair.one_id == gone_id else pair.one_id
        wanted = (min(third, kept_id), max(third, kept_id))
        if third == kept_id or wanted in known:
            pair.state, pair.decided_at = PairState.MERGED, clock.now()
        else:
            pair.one_id, pair.other_id = wanted
            known.add(wanted)
    session.flush()
    return before


def _open_pairs(session: Session, pairs: Sequence[Sequence[Any]]) -> None:
    for pair_id, one_id, other_id, state in pairs:
        pair = session.get(DuplicatePair, pair_id)
        if pair is not None:
            pair.one_id, pair.other_id, pair.state = one_id, other_id, state
            pair.decided_at = None if state == PairState.OPEN else pair.decided_at
    session.flush()
