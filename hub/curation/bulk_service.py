"""Changes of many entries: planned for every entry, shown as a preview, done in one transaction, undone as a whole."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, insert, select, update

from hub.accounts.service.opening import find_actor
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.precedence import awaited
from hub.core.unit_of_work import unit_of_work
from hub.curation import bulk_queries as queries
from hub.curation import policy
from hub.curation.models import BulkChange, BulkRow, BulkState
from hub.curation.sheets import Sheet, SheetLine
from hub.curation.wishes import LABELS, Known, NotPossible, Wish, changes_in_words, differing
from hub.curation.wording.queries import find_preferred
from hub.entries.models import Status
from hub.entries.queries.many import State, find_states, portions
from hub.entries.service.many import Changed, EntryChange, Prepared, change_entries, prepare_changes
from hub.jobs.service import enqueue
from hub.undoing import service as undoing

JOB, ACTION = "bulk_change", "entries.bulk"
KEPT_FOR = timedelta(days=2)
IN_REQUEST = 100
MOST_ENTRIES = queries.MOST_ENTRIES
Looked = tuple[list[Prepared], list[str]]


@dataclass(frozen=True, slots=True)
class _Row:
    """What becomes of one entry."""

    state: State | None
    values: dict[str, Any]
    changes: list[list[str]]
    problem: str = ""
    line: int | None = None
    title: str = ""


def plan_by_table(actor: Actor, wish: Wish, picked: Mapping[int, int], back: str = "") -> int:
    """Look at the picked entries (number → version seen) one by one; the number of the preview. Changes nothing else.

    Raises Refused when nothing is picked or asked for.
    """
    require(policy.may_change_many(actor))
    if wish.is_empty:
        raise Refused(_("Bitte wählen Sie, was sich ändern soll."))
    if not picked:
        raise Refused(_("Bitte wählen Sie mindestens einen Eintrag."))
    if len(picked) > MOST_ENTRIES:
        raise Refused(_("Auf einmal lassen sich %(n)s Einträge ändern. Bitte filtern Sie enger.", n=MOST_ENTRIES))
    known, states = _known(), find_states(db.session(), picked)
    added, removed = known.preferred(wish.tags_added), known.preferred(wish.tags_removed)
    wish = replace(wish, tags_added=added, tags_removed=removed)
    rows = [_by_wish(wish, states.get(number), number, version, known) for number, version in picked.items()]
    return _keep_plan(actor, "table", rows, [], back)


def pick_all(actor: Actor, filters: queries.Filters, seen: int) -> dict[int, int]:
    """All entries that fit, with the versions they had when the table was read: 0 for those changed since."""
    ids = queries.find_matching_ids(actor, filters)
    changed, states = queries.find_changed_since(ids, seen), find_states(db.session(), ids)
    return {number: 0 if number in changed else states[number].version for number in ids if number in states}


def list_entries(actor: Actor, entry_ids: Sequence[int]) -> list[State]:
    """Published entries for a spreadsheet, in this order; that somebody took them along is an event."""
    require(policy.may_change_many(actor))
    states = find_states(db.session(), entry_ids)
    found = [states[n] for n in entry_ids if n in states and states[n].status == Status.PUBLISHED]
    with unit_of_work():
        record(actor, "entry.listed", None, count=len(found))
    return found


def plan_by_sheet(actor: Actor, sheet: Sheet, back: str = "") -> int:
    """Compare every row of a sheet with its entry; the number of the preview. Changes nothing else."""
    require(policy.may_change_many(actor))
    numbers = [line.entry_id for line in sheet.lines if line.entry_id is not None]
    known, states = _known(), find_states(db.session(), set(numbers))
    rows = [_by_line(line, states.get(line.entry_id or 0), known) for line in sheet.lines]
    return _keep_plan(actor, "sheet", rows, sheet.remarks, back)


def start_change(actor: Actor, change_id: int) -> BulkChange:
    """Do a change that was seen: few entries at once, many by a worker, whose progress the page shows.

    Raises Conflict when it has been started already.
    """
    with unit_of_work() as session:
        change = queries.get_change(actor, change_id)
        taken = update(BulkChange).where(BulkChange.id == change_id, BulkChange.state == BulkState.SEEN)
        is_ours = session.execute(taken.values(state=BulkState.WAITING)).rowcount  # type: ignore[attr-defined]
        if not is_ours or not change.row_count:
            raise Conflict(_("Diese Änderung ist schon angewendet oder es bleibt nichts zu ändern."))
        if change.row_count > IN_REQUEST:
            enqueue(JOB, str(change_id), {"id": change_id})
    if change.row_count <= IN_REQUEST:
        run_change(actor, change_id)
    return queries.get_change(actor, change_id)


def do_change(payload: dict[str, Any]) -> None:
    """The worker's job; the index follows after all is written. A second run finds nothing left to do."""
    change = db.session.get(BulkChange, int(payload["id"]), populate_existing=True)
    if change is None or change.state not in (BulkState.WAITING, BulkState.RUNNING):
        return
    actor = find_actor(change.actor_id) if change.actor_id else None
    if actor is None:
        _fail(change.id, "")
        return
    with awaited():
        run_change(actor, change.id)


def run_change(actor: Actor, change_id: int) -> None:
    """Read ahead with progress, then write all in one transaction: entries, versions, audit, the way back."""
    require(policy.may_change_many(actor))
    try:
        changes = _changes_of(change_id)
        prepared, left = _look(changes, lambda done: _tell_progress(change_id, done))
        with unit_of_work() as session:
            outcome = change_entries(actor, prepared, "entry.bulk_changed")
            change = session.get_one(BulkChange, change_id, populate_existing=True)
            if change.state == BulkState.DONE:
                raise Conflict
            change.state, change.finished_at = BulkState.DONE, clock.now()
            change.done_count, change.changed_count = change.row_count, len(outcome.changed)
            change.left = sorted([*left, *outcome.left], key=str.casefold)
            if outcome.changed:
                change.action_id = _remember(actor, outcome.changed)
                record(actor, "entry.bulk_changed", None, count=len(outcome.changed), undo=change.action_id)
    except Conflict as error:
        _fail(
            change_id, error.message or _("Währenddessen hat sich etwas geändert. Bitte versuchen Sie es noch einmal.")
        )


def read_back(rows: Sequence[undoing.Row], tell: undoing.Tell) -> Looked:
    """What undoing needs to know, read before it begins: many rows would hold up everybody else."""
    return _look([EntryChange(row.thing_id, row.after_version, row.before) for row in rows], tell)


def set_back(actor: Actor, looked: Looked) -> tuple[int, tuple[str, ...]]:
    """Undo a change of many entries, in the open unit of work."""
    prepared, left = looked
    outcome = change_entries(actor, prepared, "entry.bulk_undone")
    return len(outcome.changed), tuple(sorted([*left, *outcome.left], key=str.casefold))


def sweep(_payload: dict[str, Any]) -> None:
    """The nightly duty: previews and results of two days ago. What undoes them is kept by ``undoing``."""
    with unit_of_work() as session:
        session.execute(delete(BulkChange).where(BulkChange.created_at < clock.now() - KEPT_FOR))


def _look(changes: Sequence[EntryChange], tell: undoing.Tell) -> Looked:
    prepared: list[Prepared] = []
    left: list[str] = []
    for some in portions(changes):
        ready, moved = prepare_changes(db.session(), some)
        prepared, left = prepared + ready, left + moved
        tell(len(prepared) + len(left))
    return prepared, left


def _known() -> Known:
    return replace(queries.find_known(), synonyms=find_preferred())


def _by_wish(wish: Wish, state: State | None, number: int, version: int, known: Known) -> _Row:
    problem = _problem_of(state, version)
    if state is None or problem:
        return _Row(state, {}, [], problem, title=state.title if state else f"#{number}")
    return _compared(state, lambda: wish.values_for(state), known)


def _by_line(line: SheetLine, state: State | None, known: Known) -> _Row:
    title = state.title if state else line.title
    problem = "; ".join(line.problems) or _problem_of(state, line.version, is_sheet=True)
    if state is None or problem:
        return _Row(state, {}, [], problem, line.number, title)
    return _compared(state, lambda: line.values_for(state, known), known, line.number)


def _problem_of(state: State | None, version: int, is_sheet: bool = False) -> str:
    if state is None:
        return _("Diesen Eintrag gibt es nicht mehr.")
    if state.status != Status.PUBLISHED:
        return _("Der Eintrag ist nicht mehr veröffentlicht.")
    if state.version != version:
        if is_sheet:
            return _("Der Eintrag wurde seit dem Herunterladen der Tabelle geändert.")
        return _("Der Eintrag wurde geändert, seit Sie die Liste geöffnet haben.")
    return ""


def _compared(state: State, find_values: Callable[[], dict[str, Any]], known: Known, line: int | None = None) -> _Row:
    try:
        values = differing(state, find_values())
    except NotPossible as reason:
        return _Row(state, {}, [], str(reason), line, state.title)
    return _Row(state, values, changes_in_words(state, values, known), "", line, state.title)


def _keep_plan(actor: Actor, source: str, rows: Iterable[_Row], remarks: list[str], back: str) -> int:
    all_rows = list(rows)
    told = [row for row in all_rows if row.problem or row.values]
    problems = sum(1 for row in told if row.problem)
    with unit_of_work() as session:
        change = BulkChange(
            actor_id=actor.id,
            source=source,
            back=back,
            row_count=len(told) - problems,
            same_count=len(all_rows) - len(told),
            problem_count=problems,
            remarks=remarks,
        )
        session.add(change)
        session.flush()
        if told:
            kept = [_as_row(change.id, place, row) for place, row in enumerate(told, 1)]
            session.execute(insert(BulkRow), kept)
    return change.id


def _as_row(change_id: int, place: int, row: _Row) -> dict[str, Any]:
    return {
        "change_id": change_id,
        "place": place,
        "entry_id": row.state.id if row.state else None,
        "version": row.state.version if row.state else 0,
        "line": row.line,
        "title": row.title,
        "values": row.values,
        "changes": row.changes,
        "problem": row.problem,
    }


def _changes_of(change_id: int) -> list[EntryChange]:
    rows = select(BulkRow.entry_id, BulkRow.version, BulkRow.values).where(
        BulkRow.change_id == change_id, BulkRow.problem == "", BulkRow.entry_id.is_not(None)
    )
    return [EntryChange(*row) for row in db.session.execute(rows.order_by(BulkRow.entry_id))]


def _tell_progress(change_id: int, done: int) -> None:
    with unit_of_work() as session:
        there = update(BulkChange).where(BulkChange.id == change_id, BulkChange.state != BulkState.DONE)
        session.execute(there.values(state=BulkState.RUNNING, done_count=done))


def _remember(actor: Actor, changed: Sequence[Changed]) -> int:
    label = ngettext("%(num)s Eintrag geändert", "%(num)s Einträge geändert", len(changed))
    fields = [str(word) for name, word in LABELS.items() if any(name in one.before for one in changed)]
    label = f"{label}: {', '.join(fields)}"
    return undoing.remember(
        actor, ACTION, label, [undoing.Row(one.entry_id, one.before, one.version) for one in changed]
    )


def _fail(change_id: int, message: str) -> None:
    with unit_of_work() as session:
        failed = update(BulkChange).where(BulkChange.id == change_id, BulkChange.state != BulkState.DONE)
        session.execute(failed.values(state=BulkState.FAILED, error=message, finished_at=clock.now()))
