"""The terms of fixed lists, and what others entered in free fields."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import JSON, cast, func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.core.errors import Missing
from hub.entries.details import Shape, every_detail, values_of_detail
from hub.entries.models import Entry, Kind, Status, Tag, Term, tag_key

LOOKED_THROUGH = 400
MOST_OFFERED = 25
_FREE = {
    kind: tuple(one.name for of, one in every_detail() if of == kind and one.shape in (Shape.LINE, Shape.LINES))
    for kind in Kind
}


def kept_names(names: Sequence[str]) -> tuple[str, ...]:
    """The keywords that are meant by these spellings, each once; what is none stays as it is."""
    if not names:
        return ()
    kept = aliased(Tag)
    rows = select(Tag.key, kept.name).join(kept, kept.id == func.coalesce(Tag.stands_for_id, Tag.id))
    found = dict(db.session.execute(rows.where(Tag.key.in_(map(tag_key, names)))).all())
    return tuple(dict.fromkeys(found.get(tag_key(name), name) for name in names))


def find_terms(field: str | None = None) -> dict[str, list[Term]]:
    """The terms of each list (or of one) in their order, retired ones included."""
    found: dict[str, list[Term]] = defaultdict(list)
    statement = select(Term).order_by(Term.field, Term.position, Term.id)
    for term in db.session.scalars(statement.where(Term.field == field) if field else statement):
        found[term.field].append(term)
    return found


def find_offered_terms() -> dict[str, list[str]]:
    """The words that each list offers."""
    offered: dict[str, list[str]] = defaultdict(list)
    statement = select(Term.field, Term.label).where(Term.retired_at.is_(None))
    for field, label in db.session.execute(statement.order_by(Term.position, Term.id)):
        offered[field].append(label)
    return offered


def get_term(field: str, term_id: int) -> Term:
    """A term of this list; raises Missing."""
    term = db.session.scalar(select(Term).where(Term.id == term_id, Term.field == field))
    if term is None:
        raise Missing
    return term


def find_offers() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What the form offers by name of the field: the terms of the lists, and what others entered in free fields.

    One statement for both. Looked through are only the latest entries that every member may see, so that asking
    costs the same with any number of them; what is used most comes first.
    """
    latest = (
        select(Entry.kind, Entry.publisher, Entry.details)
        .where(Entry.status == Status.PUBLISHED)
        .order_by(Entry.published_at.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    words = select(Term.field, Term.label, cast(null(), JSON), Term.position).where(Term.retired_at.is_(None))
    rows = union_all(select(latest.c.kind, latest.c.publisher, latest.c.details, literal(-1)), words)
    terms: dict[str, list[tuple[int, str]]] = defaultdict(list)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, text, details, position in db.session.execute(rows):
        if position >= 0:
            terms[name].append((position, text))
        else:
            _count(counts, Kind(name), text, details)
    offered = {name: [label for _position, label in sorted(found)] for name, found in terms.items()}
    return offered, {name: [value for value, _n in found.most_common(MOST_OFFERED)] for name, found in counts.items()}


def _count(counts: dict[str, Counter[str]], kind: Kind, publisher: str, details: dict[str, Any] | None) -> None:
    if publisher:
        counts["publisher"][publisher] += 1
    for name in _FREE[kind] if details else ():
        counts[name].update(values_of_detail(details, name))


def count_term_uses(field: str) -> Counter[str]:
    """How many entries carry each value of a list; the office sees all of them."""
    counts: Counter[str] = Counter()
    for _id, _version, details in _with_details(field):
        counts.update(values_of_detail(details, field))
    return counts


def find_carrying(field: str, label: str) -> list[tuple[int, int, dict[str, Any]]]:
    """Number, version and details of the entries, in whatever state, that carry this value."""
    rows = _with_details(field)
    return [(n, version, told or {}) for n, version, told in rows if label in values_of_detail(told, field)]


def _with_details(field: str) -> Iterator[tuple[int, int, dict[str, Any] | None]]:
    kinds = [kind for kind, detail in every_detail() if detail.name == field]
    rows = select(Entry.id, Entry.version, Entry.details).where(Entry.kind.in_(kinds)).order_by(Entry.id)
    yield from ((row.id, row.version, row.details) for row in db.session.execute(rows))
