"""Making two entries of one again, for all pairs of an action at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.progress import counted
from hub.duplicates.service import following
from hub.entries import queries
from hub.entries.models import Entry, Kind, Status, Tag, tag_key
from hub.entries.queries.many import portions
from hub.entries.service import revisions
from hub.entries.service.contributing import EntryDetails, apply_details, kept_tags
from hub.indexing import changelog
from hub.undoing.service import Row

Before = dict[str, Any]


def part_again(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo merging: the entries as they were. When one was changed since, it stays with all that hangs together."""
    session = db.session()
    steps, left = _unchanged(session, rows, _steps(rows))
    entry_ids = sorted({step[side] for step in steps for side in ("kept", "gone")})
    if not steps:
        return 0, left
    revisions.look_ahead(session, entry_ids)
    with queries.at_hand(actor, entry_ids):
        _part(session, actor, steps)
        session.flush()
    changelog.append(session, [("entry", number) for number in entry_ids])
    for number in entry_ids:
        record(actor, "entry.parted", number)
    return len(entry_ids), left


def _steps(rows: Sequence[Row]) -> list[Before]:
    """What was done, the last first; an action about one pair keeps it with the entry that was left."""
    steps = [{"kept": row.thing_id, "order": 0, **row.before} for row in rows if "values" in row.before]
    return sorted(steps, key=lambda step: step["order"], reverse=True)


def _unchanged(session: Session, rows: Sequence[Row], steps: list[Before]) -> tuple[list[Before], tuple[str, ...]]:
    """Steps whose entries say what they said then, with all that hangs together with them; titles of the others."""
    there: dict[int, tuple[int, str]] = {}
    for some in portions(row.thing_id for row in rows):
        found = select(Entry.id, Entry.version, Entry.title).where(Entry.id.in_(some))
        there |= {number: (version, title) for number, version, title in session.execute(found)}
    moved_on = {row.thing_id for row in rows if there.get(row.thing_id, (0, ""))[0] != row.after_version}
    groups = _groups(steps)
    stuck = {groups[number] for number in moved_on if number in groups}
    titles = tuple(there[row.thing_id][1] for row in rows if groups[row.thing_id] in stuck and row.thing_id in there)
    return [step for step in steps if groups[step["kept"]] not in stuck], titles


def _groups(steps: Sequence[Before]) -> dict[int, int]:
    """For each entry of the action the number of its group: those that became one, or share a pair or relation that
    followed them."""
    leads: dict[Any, Any] = {}

    def top(thing: Any) -> Any:
        while leads.setdefault(thing, thing) != thing:
            leads[thing] = leads[leads[thing]]
            thing = leads[thing]
        return thing

    for step in steps:
        things = [step["kept"], *(("pair", row[0]) for row in step["pairs"])]
        things += [("relation", row[0], row[1]) for row in step.get("relations", [])]
        for thing in things:
            leads[top(thing)] = top(step["gone"])
    tops = {number: top(number) for step in steps for number in (step["kept"], step["gone"])}
    numbers = {one: number for number, one in enumerate(dict.fromkeys(tops.values()))}
    return {entry_id: numbers[one] for entry_id, one in tops.items()}


def _part(session: Session, actor: Actor, steps: Sequence[Before]) -> None:
    moment = clock.now()
    tags = kept_tags(session, {tag_key(name) for step in steps for name in step["values"]["tags"]})
    for step in counted(steps, each=2):
        kept, gone = queries.get_entry(actor, step["kept"]), queries.get_entry(actor, step["gone"])
        _set_back(step, kept, gone, tags, moment)
    session.flush()
    following.move_rows_back(session, [(step["gone"], step["kept"], step["moved"]) for step in steps])
    following.drop_bodies(session, {step["kept"] for step in steps if step["body"]})
    following.lead_back(session, [(step["gone"], step["led"]) for step in steps])
    following.open_pairs(session, [row for step in steps for row in step["pairs"]])
    following.set_relations_back(session, [step.get("relations", []) for step in steps])


def _set_back(step: Before, kept: Entry, gone: Entry, tags: dict[str, Tag], moment: datetime) -> None:
    gone.move_to(Status(step["gone_status"]), moment)
    gone.status_note, gone.submitted_at = step["gone_note"], _moment(step["gone_submitted_at"])
    _give_files_back(step["files"], kept, gone)
    details = EntryDetails(**{**step["values"], "kind": Kind(step["values"]["kind"])})
    apply_details(kept, details, [], list(kept.files), moment, tags)
    kept.has_stopgap_title = step["has_stopgap_title"]
    _restore_places(kept, step["places"])
    if kept.status != step["kept_status"]:
        kept.move_to(Status(step["kept_status"]), moment)
        kept.published_at, kept.submitted_at = None, _moment(step["kept_submitted_at"])


def _give_files_back(file_ids: Sequence[int], kept: Entry, gone: Entry) -> None:
    """Files point to their entry; what is in memory of both is to say so before that is written."""
    back = [file for file in kept.files if file.id in file_ids]
    if not back:
        return
    stay = [file for file in kept.files if file not in back]
    for file in back:
        file.entry_id = gone.id
    set_committed_value(kept, "files", stay)
    set_committed_value(gone, "files", [*gone.files, *back])


def _restore_places(entry: Entry, places: Sequence[Sequence[Any]]) -> None:
    known = {place.collection_id: place for place in entry.places}
    for collection_id, section_id, position in places:
        if collection_id in known:
            known[collection_id].section_id, known[collection_id].position = section_id, position


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
