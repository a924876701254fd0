"""Changing the thesaurus. Every change raises its version, so that the next search of any process uses it."""

from collections.abc import Set
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import Base
from hub.core.errors import Conflict, Missing, Refused
from hub.core.unit_of_work import unit_of_work
from hub.search import policy
from hub.search.concepts import ConceptDetails, Concepts, find_ring, free_key, tidied
from hub.search.models import Concept, ConceptLabel, ConceptRelation, ThesaurusDraft, ThesaurusState
from hub.search.thesaurus import read_table
from hub.search.thesaurus_queries import current_version, get_concept, get_draft, load_concepts

KEPT_DELETED, KEPT_DRAFTS = timedelta(days=30), timedelta(days=2)


def fill_thesaurus() -> int:
    """Take over the delivered concepts unless the tables were ever filled; gives their number."""
    with unit_of_work() as session:
        _hold(session)
        if current_version():
            return 0
        delivered = {
            concept.id: ConceptDetails(concept.labels, concept.broader, concept.related) for concept in read_table()
        }
        _write(session, delivered)
        _raise_version(session)
    return len(delivered)


def add_concept(actor: Actor, details: ConceptDetails) -> str:
    """Add a concept and give its key; raises Refused on a ring."""
    require(policy.may_edit_thesaurus(actor))
    with unit_of_work() as session:
        _hold(session)
        key = free_key(details.name, set(session.scalars(select(Concept.id))))
        _put(session, key, details)
        record(actor, "concept.added", key=key)
    return key


def change_concept(actor: Actor, key: str, details: ConceptDetails, version: int) -> None:
    """Change labels, relations and note; raises Conflict on a stale version and Refused on a ring."""
    require(policy.may_edit_thesaurus(actor))
    with unit_of_work() as session:
        _hold(session)
        if get_concept(key)[1] != version:
            raise Conflict(_("Dieser Begriff wurde inzwischen von jemand anderem geändert."))
        _put(session, key, details)
        record(actor, "concept.changed", key=key)


def delete_concept(actor: Actor, key: str, version: int) -> None:
    """Take a concept out of the search; it can be brought back for 30 days. Raises Conflict on a stale version."""
    require(policy.may_edit_thesaurus(actor))
    with unit_of_work() as session:
        _hold(session)
        if get_concept(key)[1] != version:
            raise Conflict(_("Dieser Begriff wurde inzwischen von jemand anderem geändert."))
        _mark(session, key, is_deleted=True)
        record(actor, "concept.deleted", key=key)


def restore_concept(actor: Actor, key: str) -> None:
    """Undo the deletion; raises Missing when there is nothing to undo and Refused when a ring would close."""
    require(policy.may_edit_thesaurus(actor))
    with unit_of_work() as session:
        _hold(session)
        get_concept(key, is_deleted=True)
        _mark(session, key, is_deleted=False)
        _refuse_ring(load_concepts())
        record(actor, "concept.restored", key=key)


def keep_draft(actor: Actor, concepts: Concepts) -> None:
    """Remember what the person uploaded until it is confirmed; the former upload of the person is forgotten."""
    require(policy.may_edit_thesaurus(actor))
    rows = [
        {"id": key, "labels": dict(made.labels), "broader": made.broader, "related": made.related, "note": made.note}
        for key, made in concepts.items()
    ]
    with unit_of_work() as session:
        session.execute(delete(ThesaurusDraft).where(ThesaurusDraft.user_id == actor.id))
        session.add(ThesaurusDraft(user_id=actor.id, concepts=rows))


def take_over_draft(actor: Actor, version: int) -> int:
    """Take over what the person uploaded and confirms now; gives the number of new and changed concepts.

    Raises Conflict when the thesaurus is no longer of the version that the person compared the upload with.
    """
    require(policy.may_edit_thesaurus(actor))
    with unit_of_work() as session:
        _hold(session)
        if current_version() != version:
            raise Conflict
        count = import_concepts(actor, get_draft(actor.id))
        session.execute(delete(ThesaurusDraft).where(ThesaurusDraft.user_id == actor.id))
    return count


def import_concepts(actor: Actor, concepts: Concepts) -> int:
    """Add and change concepts, all or none; others stay. Raises Refused on a ring, gives the number of changes."""
    require(policy.may_edit_thesaurus(actor))
    with unit_of_work() as session:
        _hold(session)
        present = load_concepts()
        wanted = {key: tidied(key, details) for key, details in concepts.items()}
        changed = {key: made for key, made in wanted.items() if key not in present or not made.is_same(present[key])}
        if not changed:
            return 0
        _refuse_ring({**present, **changed})
        _write(session, changed)
        _raise_version(session)
        record(actor, "thesaurus.imported", count=len(changed))
    return len(changed)


def sweep() -> None:
    """Forget what was deleted long ago and uploads that nobody confirmed."""
    with unit_of_work() as session:
        session.execute(delete(Concept).where(Concept.deleted_at < clock.now() - KEPT_DELETED))
        session.execute(delete(ThesaurusDraft).where(ThesaurusDraft.at < clock.now() - KEPT_DRAFTS))


def _put(session: Session, key: str, details: ConceptDetails) -> None:
    made = tidied(key, details)
    if not made.name:
        raise Refused(_("Ein Begriff braucht mindestens eine Bezeichnung."))
    _refuse_ring({**load_concepts(), key: made})
    _write(session, {key: made})
    _raise_version(session)


def _mark(session: Session, key: str, is_deleted: bool) -> None:
    values = {"deleted_at": clock.now() if is_deleted else None, "version": Concept.version + 1}
    done = session.execute(update(Concept).where(Concept.id == key).values(values))
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Missing
    _raise_version(session)


def _refuse_ring(concepts: Concepts) -> None:
    ring = find_ring(concepts)
    if ring:
        names = " → ".join(concepts[key].name for key in [*ring, ring[0]])
        raise Refused(_("Die Oberbegriffe bilden einen Ring: %(names)s. Bitte lösen Sie ihn auf.", names=names))


def _write(session: Session, concepts: Concepts) -> None:
    """Put these concepts in place of those with the same keys; mentions of unknown concepts are left out."""
    keys = list(concepts)
    known = dict(session.execute(select(Concept.id, Concept.version)).all())
    for table in (ConceptLabel, ConceptRelation):
        session.execute(delete(table).where(table.concept_id.in_(keys)))
    for key in keys:
        if key in known:
            values = {"note": concepts[key].note, "version": known[key] + 1, "deleted_at": None}
            session.execute(update(Concept).where(Concept.id == key).values(values))
    added = [{"id": key, "note": concepts[key].note, "version": 1} for key in keys if key not in known]
    _insert(session, Concept, added)
    _insert(session, ConceptLabel, [row for key in keys for row in _label_rows(key, concepts[key])])
    targets = known.keys() | concepts.keys()
    _insert(session, ConceptRelation, [row for key in keys for row in _relation_rows(key, concepts[key], targets)])


def _insert(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _label_rows(key: str, details: ConceptDetails) -> list[dict[str, object]]:
    return [
        {"concept_id": key, "language": language, "label": label, "is_preferred": not position, "position": position}
        for language, names in details.labels.items()
        for position, label in enumerate(names)
    ]


def _relation_rows(key: str, details: ConceptDetails, known: Set[str]) -> list[dict[str, object]]:
    return [
        {"concept_id": key, "kind": kind, "target_id": target, "position": position}
        for kind, targets in (("broader", details.broader), ("related", details.related))
        for position, target in enumerate(targets)
        if target in known
    ]


def _hold(session: Session) -> None:
    """Let one change at a time decide on the newest state, on PostgreSQL too."""
    session.execute(select(ThesaurusState.version).with_for_update())


def _raise_version(session: Session) -> None:
    session.execute(update(ThesaurusState).where(ThesaurusState.id == 1).values(version=ThesaurusState.version + 1))
