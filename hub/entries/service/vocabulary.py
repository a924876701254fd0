"""Keeping the fixed lists. What also changes entries, which hold the words themselves, is done by the curation."""

import tomllib
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Missing, Refused
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy
from hub.entries.details import find_vocabulary
from hub.entries.models import TERM_LENGTH, Term
from hub.entries.queries import vocabulary as queries

STARTING_TERMS = Path(__file__).parent.parent / "data" / "terms.toml"
MOST_TERMS = 100


def load_starting_terms() -> None:
    """The terms the lists begin with; a list that has terms is the office's and left alone."""
    lists = tomllib.loads(STARTING_TERMS.read_text(encoding="utf-8"))
    with unit_of_work() as session:
        known = set(session.scalars(select(Term.field).distinct()))
        for field, labels in lists.items():
            if field not in known:
                session.add_all(Term(field=field, label=label, position=n) for n, label in enumerate(labels, 1))


def add_term(actor: Actor, field: str, label: str) -> Term:
    """A new term at the end of its list; one that was retired comes back. Raises Refused when it is there."""
    require(policy.may_keep_vocabulary(actor))
    with unit_of_work() as session:
        label = checked_label(field, label)
        found = find_named(field, label)
        if found is not None and found.retired_at is None:
            raise Refused(_("Diesen Begriff gibt es in der Liste schon."))
        count, last = session.execute(
            select(func.count(), func.max(Term.position)).where(Term.field == field, Term.retired_at.is_(None))
        ).one()
        if count >= MOST_TERMS:
            raise Refused(_("Mehr als %(max)d Begriffe fasst eine Liste nicht.", max=MOST_TERMS))
        term = found or Term(field=field, label=label)
        term.retired_at, term.position = None, (last or 0) + 1
        session.add(term)
        session.flush()
        record(actor, "term.added", term.id)
    return term


def retire_term(actor: Actor, field: str, term_id: int) -> None:
    """Offer a term no more; entries that carry it keep it."""
    require(policy.may_keep_vocabulary(actor))
    with unit_of_work():
        term = queries.get_term(field, term_id)
        term.retired_at = clock.now()
        record(actor, "term.retired", term.id)


def revive_term(actor: Actor, field: str, term_id: int) -> None:
    """Offer a retired term again, at the end of the list."""
    add_term(actor, field, queries.get_term(field, term_id).label)


def move_term(actor: Actor, field: str, term_id: int, step: int) -> None:
    """One place up (-1) or down (+1)."""
    require(policy.may_keep_vocabulary(actor))
    with unit_of_work():
        rows = [term for term in queries.find_terms(field)[field] if term.retired_at is None]
        index = next((place for place, term in enumerate(rows) if term.id == term_id), None)
        if index is None:
            raise Missing
        rows.insert(min(max(index + step, 0), len(rows) - 1), rows.pop(index))
        for position, term in enumerate(rows, 1):
            term.position = position
        record(actor, "term.moved", term_id)


def checked_label(field: str, label: str) -> str:
    """The word as it may stand in this list; raises Missing for a field without a list, Refused for a bad word."""
    if find_vocabulary(field) is None:
        raise Missing
    label = clean_line(label)
    if not label:
        raise Refused(_("Bitte geben Sie einen Begriff ein."))
    if len(label) > TERM_LENGTH:
        raise Refused(_("Der Begriff ist zu lang. Möglich sind %(max)d Zeichen.", max=TERM_LENGTH))
    return label


def find_named(field: str, label: str) -> Term | None:
    """The term of this word, regardless of case."""
    rows = queries.find_terms(field)[field]
    return next((term for term in rows if term.label.casefold() == label.casefold()), None)
