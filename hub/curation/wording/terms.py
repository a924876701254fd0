"""Terms of a fixed list in the list and in all entries: two made one, or another word for one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
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
from hub.entries.service.vocabulary import checked_label, find_named
from hub.undoing import service as undoing
from hub.undoing.working import Note

MERGED, RENAMED = "terms.merged", "terms.renamed"
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


def rename_term(actor: Actor, field: str, term_id: int, label: str, back: str = "") -> Begun:
    """Another word for a term, in the list and in all entries; returned as by ``merge_term``, nothing when it is the
    same word. Raises Refused when the list has it already."""
    require(policy.may_keep_vocabulary(actor))
    term, new = queries.get_term(field, term_id), checked_label(field, label)
    _refuse_taken(field, new, term.id)
    if new == term.label:
        return None, []
    task = {"field": field, "old": term.label, "new": new, "source": term.id}
    return rewriting.begin(actor, RENAMING, task, _label_of_name(task), back)


def set_back_terms(actor: Actor, looked: Looked) -> tuple[int, tuple[str, ...]]:
    """Undo it, in the open unit of work: the term is offered again, and entries say what they said."""
    count, stayed = _offered_again(looked.words)
    changed, left = rewriting.set_entries_back(actor, looked)
    return count + changed, tuple(sorted([*stayed, *left], key=str.casefold))


def set_back_names(actor: Actor, looked: Looked) -> tuple[int, tuple[str, ...]]:
    """Undo another word, in the open unit of work; where the term has moved on or the word is taken, the list stays."""
    count, stayed = _named_again(looked.words)
    if stayed:
        return 0, tuple(stayed)
    changed, left = rewriting.set_entries_back(actor, looked)
    return count + changed, tuple(sorted(left, key=str.casefold))


def _find_changes(task: Task) -> list[EntryChange]:
    field, old, new = task["field"], task["old"], task["new"]
    return [
        EntryChange(number, version, {"details": _replaced(details, field, old, new)}, None)
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


def _hold_name(task: Task) -> None:
    """The term must still read as it did, and nobody has the new word."""
    if _held(task["source"], task["old"]) is None:
        raise Conflict(_("Der Begriff ist inzwischen geändert."))
    _refuse_taken(task["field"], task["new"], task["source"])


def _finish_name(actor: Actor, task: Task, count: int) -> tuple[str, list[undoing.Row]]:
    term = db.session.get_one(Term, task["source"])
    term.label = task["new"]
    record(actor, "term.renamed", term.id, entries=count)
    return _label_of_name(task), [undoing.Row(-term.id, {"label": task["old"], "now": task["new"]}, 0)]


def _label_of_name(task: Task) -> str:
    return _("Begriff „%(old)s“ in „%(new)s“ umbenannt", old=task["old"], new=task["new"])


MERGING = Rewriting("terms", MERGED, _l("Zusammengeführt."), _find_changes, _hold, _finish)
RENAMING = Rewriting(
    "term_names",
    RENAMED,
    _l("Der Begriff ist umbenannt."),
    _find_changes,
    _hold_name,
    _finish_name,
    "entry.term_renamed",
)


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


def _named_again(rows: Sequence[undoing.Row]) -> tuple[int, list[str]]:
    stayed = []
    for row in rows:
        term, old = _held(-row.thing_id, row.before["now"]), row.before["label"]
        found = find_named(term.field, old) if term else None
        if term is None or (found is not None and found.id != term.id):
            stayed.append(row.before["now"])
            continue
        term.label = old
    return len(rows) - len(stayed), stayed


def _held(term_id: int, label: str) -> Term | None:
    """The term, locked, if it reads like that."""
    term = db.session.get(Term, term_id, populate_existing=True, with_for_update=True)
    return term if term is not None and term.label == label else None


def _refuse_taken(field: str, label: str, term_id: int) -> None:
    found = find_named(field, label)
    if found is not None and found.id != term_id:
        raise Refused(_("Diesen Begriff gibt es in der Liste schon."))


def _replaced(details: Mapping[str, Any], field: str, old: str, new: str) -> dict[str, Any]:
    """The details with another word for a term that the field has."""
    value = details.get(field)
    told = list(dict.fromkeys(new if one == old else one for one in value)) if isinstance(value, list) else new
    return {**details, field: told}
