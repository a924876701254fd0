"""Writing what the office has said about two entries."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.entries.models import Relation
from hub.entries.queries.many import portions

Two = tuple[int, int]


def write_relation(session: Session, entry_id: int, other_id: int, state: str) -> None:
    """What two entries are to each other from now on; empty: nothing has been said."""
    one_id, other_id = sorted((entry_id, other_id))
    found = session.get(Relation, (one_id, other_id), populate_existing=True)
    write_relations(session, {(one_id, other_id): found} if found else {}, {(one_id, other_id): state})
    session.flush()


def find_relations(session: Session, entry_ids: Iterable[int]) -> dict[Two, Relation]:
    """All that has been said about any of these entries, by the two it is about."""
    found: dict[Two, Relation] = {}
    for some in portions(entry_ids):
        for side in (Relation.one_id, Relation.other_id):
            rows = session.scalars(select(Relation).where(side.in_(some)).execution_options(populate_existing=True))
            found |= {(row.one_id, row.other_id): row for row in rows}
    return found


def write_relations(session: Session, found: Mapping[Two, Relation], states: Mapping[Two, str]) -> None:
    """``write_relation`` for many, the lower number first; ``found`` holds those that there are."""
    for two, state in states.items():
        row = found.get(two)
        if row is not None and state:
            row.state = state
        elif row is not None:
            session.delete(row)
        elif state:
            session.add(Relation(one_id=two[0], other_id=two[1], state=state))
