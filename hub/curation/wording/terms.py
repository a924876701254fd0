"""Making two terms of a fixed list one, in the list and in all entries."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.curation.wording import rewriting
from hub.curation.wording.rewriting import Looked, Rewriting, Task
from hub.entries import policy
from hub.entries.models import Term
from hub.entries.queries import vocabulary as queries
from hub.entries.service.many import EntryChange
from hub.entries.service.vocabulary import replaced
from hub.undoing import service as undoing
from hub.undoing.working import Note

MERGED = "terms.merged"
Begun = tuple[int | None, list[Note]]


def merge_term(actor: Actor, field: str, term_id: int, into_id: int, back: str = "") -> Begun:
    """Put another term of the list into all entries instead of this one, which is offered no more.

    Returns the number of the page that shows how far a worker is, or what was done at once.
    Raises Refused when it is the same or is offered no more itself.
    """
    require(policy.may_keep_vocabulary(actor))
    term, kept = queries.get_term(field, term_id), queries.get_term(field, into_id)
    if term.id == kept.id:
        raise Refused(_("„%(name)s“ lässt sich nicht mit sich selbst zusammenführen.", name=term.label))
    if kept.retired_at is not None:
        raise Refused(_("„%(name)s“ wird nicht mehr angeboten. Bitte wählen Sie einen anderen.", name=kept.label))
    ids = {"source": term.id, "target": kept.id}
    task = {"field": field, "old": term.label, "new": kept.label, **ids}
    return rewriting.begin(actor, MERGING, task, _label(task), back)


def set_back_terms(actor: Actor, looked: Looked) -> tuple[int, tuple[str, ...]]:
    """Undo it, in the open unit of work: the term is offered again, and entries say what they said."""
    count, stayed = _offered_again(looked.words)
    changed, left = rewriting.set_entries_back(actor, looked)
    return count + changed, tuple(sorted([*stayed, *left], key=str.casefold))


def _find_changes(task: Task) -> list[EntryChange]:
    field, old, new = task["field"], task["old"], task["new"]
    return [
        EntryChange(number, version, {"details": replaced(details, field, old, new)}, None)
        for number, version, details in queries.find_carrying(field, old)
    ]


def _hold(task: Task) -> None:
    """Both must still read as they did."""
    rows = select(Term).where(Term.id.in_([task["source"], task["target"]])).order_by(Term.id)
    held = {t.id: t for t in db.session.scalars(rows.with_for_update().execution_options(populate_existing=True))}
    labels = {number: term.label for number, term in held.items()}
    is_offered = task["target"] in held and held[task["target"]].retired_at is None
    if labels != {task["source"]: task["old"], task["target"]: task["new"]} or not is_offered:
        raise Conflict(_("Einer der beiden Begriffe ist inzwischen geändert."))


def _finish(actor: Actor, task: Task, count: int) -> tuple[str, list[undoing.Row]]:
    term = db.session.get_one(Term, task["source"])
    before = term.retired_at.isoformat() if term.retired_at else None
    term.retired_at = term.retired_at or clock.now()
    record(actor, "term.merged", term.id, entries=count)
    return _label(task), [undoing.Row(-term.id, {"label": term.label, "retired_at": before}, 0)]


def _label(task: Task) -> str:
    return _("Begriff „%(old)s“ mit „%(new)s“ zusammengeführt", old=task["old"], new=task["new"])


MERGING = Rewriting("terms", MERGED, _find_changes, _hold, _finish)


def _offered_again(rows: Sequence[undoing.Row]) -> tuple[int, list[str]]:
    count, stayed = 0, []
    for row in rows:
        term, before = db.session.get(Term, -row.thing_id, populate_existing=True), row.before
        if term is None or term.label != before["label"]:
            stayed.append(before["label"])
            continue
        term.retired_at = datetime.fromisoformat(before["retired_at"]) if before["retired_at"] else None
        count += 1
    return count, stayed
