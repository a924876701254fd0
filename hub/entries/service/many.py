"""Changing thousands of entries in one short transaction.

Statements for many rows pass by the listeners that see loaded rows; versions, revisions and the change log are written
here, and say the same (tests compare them). Reading is done before the transaction, as far as it can be: on SQLite
nobody else can write while it is open.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core import clock
from hub.core.actor import Actor
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import (
    Entry,
    EntryCollection,
    EntryRevision,
    EntryTag,
    Status,
    Tag,
    address_of,
    known_doi,
    tag_key,
)
from hub.entries.queries.many import COLUMNS, State, find_states, portions
from hub.entries.queries.revisions import Snapshot, load_snapshots
from hub.entries.service.contributing import kept_tags
from hub.entries.service.revisions import TAKEN_IN
from hub.indexing import changelog

_ENTRY: Table = Entry.__table__
_PLACE: Table = EntryCollection.__table__
_TAGGED: Table = EntryTag.__table__


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What an entry is to say. ``values``: any of ``COLUMNS``, ``places`` and ``tags``, tidied; ``version``: the one
    that whoever decided it had seen. It has this ``status``, or any when that is None."""

    entry_id: int
    version: int
    values: dict[str, Any]
    status: Status | None = Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change with what stands there before, read ahead."""

    change: EntryChange
    state: State
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that was changed: ``before`` are the values that were replaced, ``version`` the new one."""

    entry_id: int
    before: dict[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was changed, and the titles of entries that had moved on and were left alone."""

    changed: list[Changed]
    left: list[str]


def prepare_changes(session: Session, changes: Iterable[EntryChange]) -> tuple[list[Prepared], list[str]]:
    """Read what the changes replace, outside of the writing unit; titles of those that have moved on already."""
    ready, left = [], []
    for some in portions(changes):
        ids = [change.entry_id for change in some]
        states, snapshots = find_states(session, ids), load_snapshots(session, ids)
        for change in some:
            state = states.get(change.entry_id)
            if state is not None and _fits(state.version, state.status, change):
                ready.append(Prepared(change, state, snapshots[state.id]))
            else:
                left.append(state.title if state else f"#{change.entry_id}")
    return ready, left


def change_entries(actor: Actor, prepared: Sequence[Prepared], action: str) -> Outcome:
    """Write the changes with statements for many rows, in the open unit of work; ``action`` names it in the versions.

    Each counts against the version seen; entries that have moved on are left alone. So are those whose collection,
    section or organisation is gone.
    """
    moment = clock.now()
    with unit_of_work() as session:
        session.flush()
        fit, left = _still_fitting(session, prepared)
        names = _Names(session)
        ready = [one for one in fit if names.knows(one.change.values)]
        left += [one.state.title for one in fit if not names.knows(one.change.values)]
        if not ready:
            return Outcome([], left)
        _write_columns(session, ready, moment)
        _write_places(session, ready)
        names.tags = _write_tags(session, ready)
        _write_revisions(session, actor, ready, names, action, moment)
        changelog.append(session, [("entry", one.state.id) for one in ready])
        session.expire_all()
    return Outcome([Changed(o.state.id, _replaced(o), o.state.version + 1) for o in ready], left)


def _fits(version: int, status: str, change: EntryChange) -> bool:
    return version == change.version and change.status in (None, status)


def _still_fitting(session: Session, prepared: Sequence[Prepared]) -> tuple[list[Prepared], list[str]]:
    fit, left = [], []
    for some in portions(prepared):
        ids = sorted(one.state.id for one in some)
        rows = select(Entry.id, Entry.version, Entry.status).where(Entry.id.in_(ids)).order_by(Entry.id)
        there = {row.id: row for row in session.execute(rows.with_for_update())}
        for one in some:
            row = there.get(one.state.id)
            if row is not None and _fits(row.version, row.status, one.change):
                fit.append(one)
            else:
                left.append(one.state.title)
    return fit, left


class _Names:
    """What numbers stand for; read once, for thousands of versions."""

    def __init__(self, session: Session) -> None:
        self.collections = dict(session.execute(select(Collection.id, Collection.title)).all())
        self.sections = dict(session.execute(select(Section.id, Section.title)).all())
        self.organisations = dict(session.execute(select(Organisation.id, Organisation.label)).all())
        self.tags: dict[str, tuple[int, str]] = {}

    def knows(self, values: dict[str, Any]) -> bool:
        """Whether everything the values refer to is there."""
        places = values.get("places", ())
        return (
            values.get("organisation_id") in (None, *self.organisations)
            and all(place["collection_id"] in self.collections for place in places)
            and all(place["section_id"] in (None, *self.sections) for place in places)
        )

    def fields(self, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """The fields of a version after the change."""
        told = {name: value for name, value in values.items() if name in before}
        if "organisation_id" in values:
            told["organisation"] = self.organisations[values["organisation_id"]]
        if "places" in values:
            told["collections"] = [
                {
                    "id": place["collection_id"],
                    "title": self.collections[place["collection_id"]],
                    "section": self.sections.get(place["section_id"], ""),
                }
                for place in values["places"]
            ]
        if "tags" in values:
            names = {self.tags[tag_key(name)][1] for name in values["tags"]}
            told["tags"] = sorted(names, key=tag_key)
        return before | told


def _write_columns(session: Session, ready: Sequence[Prepared], moment: datetime) -> None:
    rows = []
    for one in ready:
        values = {name: value for name, value in one.change.values.items() if name in COLUMNS}
        if values.get("review_on"):
            values["review_on"] = date.fromisoformat(values["review_on"])
        values |= _following(one.state.values, values)
        row = {"version": one.state.version + 1, "updated_at": moment, **values}
        rows.append({"of": one.state.id} | {f"new_{name}": value for name, value in row.items()})
    for some in _alike(rows):
        names = [name.removeprefix("new_") for name in some[0] if name != "of"]
        written = update(_ENTRY).where(_ENTRY.c.id == bindparam("of"))
        session.execute(written.values({name: bindparam(f"new_{name}") for name in names}), some)


def _following(before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Address and DOI, which follow from link and details, as ``Entry`` keeps them in step."""
    if not {"url", "details"} & values.keys():
        return {}
    after = before | values
    return {"address": address_of(after["url"]), "doi": known_doi(after["url"], after["details"])}


def _write_places(session: Session, ready: Sequence[Prepared]) -> None:
    gone, come, moved = [], [], []
    for one in ready:
        if "places" not in one.change.values:
            continue
        before = {place["collection_id"]: place for place in one.state.values["places"]}
        after = {place["collection_id"]: place for place in one.change.values["places"]}
        gone += [{"of": one.state.id, "at": number} for number in before.keys() - after.keys()]
        shown_at = one.state.published_at if one.state.status == Status.PUBLISHED else None
        new = {"entry_id": one.state.id, "published_at": shown_at}
        come += [new | after[number] for number in after.keys() - before.keys()]
        moved += [
            {"of": one.state.id, "at": number}
            | {f"new_{name}": value for name, value in after[number].items()}
            | ({"new_rank": 0} if _leaves_rank(before[number], after[number]) else {})
            for number in after.keys() & before.keys()
            if after[number] != before[number]
        ]
    there = (_PLACE.c.entry_id == bindparam("of")) & (_PLACE.c.collection_id == bindparam("at"))
    if gone:
        session.execute(_PLACE.delete().where(there), gone)
    for rows in _alike(come):
        session.execute(insert(_PLACE), rows)
    for rows in _alike(moved):
        names = [name.removeprefix("new_") for name in rows[0] if name.startswith("new_")]
        session.execute(update(_PLACE).where(there).values({name: bindparam(f"new_{name}") for name in names}), rows)


def _leaves_rank(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the order of the section that it leaves says nothing any more; a change set back brings its own rank."""
    return before["section_id"] != after["section_id"] and after.get("rank", before["rank"]) == before["rank"]


def _alike(rows: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """Rows that name the same columns fit into one statement."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[tuple(row)].append(row)
    return groups.values()


def _write_tags(session: Session, ready: Sequence[Prepared]) -> dict[str, tuple[int, str]]:
    """Put keywords on and take them off; all that the changes name, by key, with number and spelling as kept."""
    tagged = [one for one in ready if "tags" in one.change.values]
    wanted = {tag_key(name): name for one in tagged for name in one.change.values["tags"]}
    wanted |= {tag_key(name): name for one in tagged for name in one.state.values["tags"]}
    known = _known_tags(session, wanted)
    missing = [{"name": name, "key": key} for key, name in wanted.items() if key not in known]
    if missing:
        session.execute(insert(Tag.__table__), missing)
        known = _known_tags(session, wanted)
    gone, come = [], []
    for one in tagged:
        before = {known[tag_key(name)][0] for name in one.state.values["tags"]}
        after = {known[tag_key(name)][0] for name in one.change.values["tags"]}
        gone += [{"of": one.state.id, "at": number} for number in before - after]
        come += [{"entry_id": one.state.id, "tag_id": number} for number in after - before]
    if gone:
        there = (_TAGGED.c.entry_id == bindparam("of")) & (_TAGGED.c.tag_id == bindparam("at"))
        session.execute(_TAGGED.delete().where(there), gone)
    if come:
        session.execute(insert(_TAGGED), come)
    return known


def _known_tags(session: Session, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    return {key: (tag.id, tag.name) for key, tag in kept_tags(session, keys).items()}


def _write_revisions(
    session: Session, actor: Actor, ready: Sequence[Prepared], names: _Names, action: str, moment: datetime
) -> None:
    """A version of each; an entry that has none yet gets its first one, as it was before."""
    last: dict[int, int] = {}
    for some in portions(ready):
        rows = select(EntryRevision.entry_id, func.max(EntryRevision.number)).group_by(EntryRevision.entry_id)
        wanted = EntryRevision.entry_id.in_([one.state.id for one in some])
        last |= dict(session.execute(rows.where(wanted)).all())
    kept = []
    for one in ready:
        before, number = one.snapshot, last.get(one.state.id, 0)
        if not number:
            number = 1
            first = (before.contributor_id, before.updated_at, TAKEN_IN, before.fields)
            kept.append(_revision(one, 1, *first))
        after = names.fields(before.fields, one.change.values)
        kept.append(_revision(one, number + 1, actor.id, moment, action, after))
    session.execute(insert(EntryRevision.__table__), kept)


def _revision(
    one: Prepared, number: int, actor_id: int | None, at: datetime, action: str, fields: dict[str, Any]
) -> dict[str, Any]:
    return {
        "entry_id": one.state.id,
        "number": number,
        "actor_id": actor_id,
        "at": at,
        "action": action,
        "status": one.snapshot.status,
        "fields": fields,
    }


def _replaced(one: Prepared) -> dict[str, Any]:
    """The values that the change replaced, in the shape of a change that sets them back."""
    return {name: one.state.values[name] for name in one.change.values}
