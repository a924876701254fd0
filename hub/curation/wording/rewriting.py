"""Words that change in all entries that carry them, whoever is at work on these: one transaction, undone as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import ngettext
from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Status
from hub.entries.queries.many import portions
from hub.entries.service.many import Changed, EntryChange, Prepared, change_entries, prepare_changes
from hub.undoing import service as undoing
from hub.undoing import working
from hub.undoing.working import Note

ACTION, UNDONE = "entry.bulk_changed", "entry.bulk_undone"
Task = Mapping[str, Any]
Prepare = tuple[list[Prepared], list[str]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What undoing needs to know: entries, those whose titles are nobody's business (drafts), and the words."""

    entries: Prepare
    drafts: Prepare
    words: list[undoing.Row]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """One sort of it, for those who leave it to a worker as well. A task is what a job can carry.

    ``find_changes`` reads what entries are to say as of now; ``hold`` raises Conflict when the words have moved on, and
    from then on no entry gets them anew; ``finish`` changes the words themselves, tells the log how many entries it was
    and returns (label of the action, what sets the words back: numbers below zero). ``said`` tells what was done,
    ``action`` names it in the history of the entries.
    """

    kind: str
    undo: str
    said: Any
    find_changes: Callable[[Task], list[EntryChange]]
    hold: Callable[[Task], None]
    finish: Callable[[Actor, Task, int], tuple[str, list[undoing.Row]]]
    action: str = ACTION

    def read(self, task: Task, tell: working.Tell = lambda _done: None) -> list[Prepared]:
        """What the writing needs to know, read before its unit opens."""
        prepared: list[Prepared] = []
        for some in portions(self.find_changes(task)):
            prepared += prepare_changes(db.session(), some)[0]
            tell(len(prepared))
        return prepared

    def write(self, actor: Actor, task: Task, prepared: list[Prepared]) -> list[Note]:
        """All of it, in the open unit of work; entries that came or moved on since are changed as well."""
        changed = change_entries(actor, prepared, self.action).changed
        self.hold(task)
        late = prepare_changes(db.session(), self.find_changes(task))[0]
        changed += change_entries(actor, late, self.action).changed
        label, words = self.finish(actor, task, len(changed))
        number = undoing.remember(actor, self.undo, label, [*map(_as_row, changed), *words])
        text = ngettext("%(num)s Eintrag geändert.", "%(num)s Einträge geändert.", len(changed))
        return [Note("success", f"{self.said} {text}" if changed else str(self.said), number)]


def begin(actor: Actor, sort: Rewriting, task: dict[str, Any], label: str, back: str) -> tuple[int | None, list[Note]]:
    """Few entries at once: what was done. Many by a worker: the number of the page that shows how far it is."""
    count = len(sort.find_changes(task))
    if count > working.IN_REQUEST:
        return working.begin(actor, sort.kind, label, count, task, back), []
    prepared = sort.read(task)
    with unit_of_work():
        return None, sort.write(actor, task, prepared)


def read_back(rows: Sequence[undoing.Row], tell: undoing.Tell) -> Looked:
    """What undoing needs to know of the entries, read before its unit opens."""
    found = Looked(([], []), ([], []), [row for row in rows if row.thing_id < 0])
    for some in portions(row for row in rows if row.thing_id > 0):
        drafts = select(Entry.id).where(Entry.id.in_([row.thing_id for row in some]), Entry.status == Status.DRAFT)
        hidden = set(db.session.scalars(drafts))
        for of, chosen in ((found.entries, False), (found.drafts, True)):
            changes = [
                EntryChange(row.thing_id, row.after_version, row.before, None)
                for row in some
                if (row.thing_id in hidden) == chosen
            ]
            ready, left = prepare_changes(db.session(), changes)
            of[0].extend(ready)
            of[1].extend(left)
        tell(len(found.entries[0]) + len(found.drafts[0]))
    return found


def set_entries_back(actor: Actor, looked: Looked) -> tuple[int, list[str]]:
    """Let entries say what they said before, in the open unit of work; after the words are back."""
    shown = change_entries(actor, looked.entries[0], UNDONE)
    hidden = change_entries(actor, looked.drafts[0], UNDONE)
    return len(shown.changed) + len(hidden.changed), [*looked.entries[1], *shown.left]


def _as_row(changed: Changed) -> undoing.Row:
    return undoing.Row(changed.entry_id, changed.before, changed.version)
