"""Giving entries another link because the former one has moved or died; the page behind it is the same."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from hub.audit.service import record
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy
from hub.entries.models import Entry
from hub.entries.queries.many import portions
from hub.entries.service.many import EntryChange, Outcome, Prepared, change_entries, prepare_changes

ACTION = "entry.relinked"


def change_links(actor: Actor, urls: Mapping[int, str | None], ahead: Iterable[Prepared] = ()) -> Outcome:
    """Set the link of each of these entries as they are now; the picture stays. What was read ahead is read once."""
    require(policy.may_review(actor))
    with unit_of_work() as session:
        versions: dict[int, int] = {}
        for some in portions(sorted(urls)):
            rows = select(Entry.id, Entry.version).where(Entry.id.in_(some)).order_by(Entry.id)
            versions |= {row.id: row.version for row in session.execute(rows.with_for_update())}
        ready = [one for one in ahead if _still_holds(one, versions, urls)]
        rest = versions.keys() - {one.change.entry_id for one in ready}
        more, _left = prepare_links((number, versions[number], urls[number]) for number in sorted(rest))
        return write_links(actor, ready + more)


def _still_holds(one: Prepared, versions: Mapping[int, int], urls: Mapping[int, str | None]) -> bool:
    number, url = one.change.entry_id, one.change.values["url"]
    return versions.get(number) == one.change.version and urls[number] == url


def prepare_links(wanted: Iterable[tuple[int, int, Any]]) -> tuple[list[Prepared], list[str]]:
    """Read what links replace, given by entry with the version seen; titles of entries that have moved on."""
    changes = [EntryChange(number, version, {"url": url}, None) for number, version, url in wanted]
    return prepare_changes(db.session(), changes)


def write_links(actor: Actor, prepared: list[Prepared]) -> Outcome:
    """Write them in the open unit of work; entries that have moved on are left alone."""
    require(policy.may_review(actor))
    with unit_of_work():
        outcome = change_entries(actor, prepared, ACTION)
        urls = {one.change.entry_id: one.change.values["url"] for one in prepared}
        for changed in outcome.changed:
            record(actor, ACTION, changed.entry_id, url=urls[changed.entry_id])
    return outcome
