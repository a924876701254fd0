"""Entries that are known by number are looked up by number, however many are published."""

import pytest
from sqlalchemy import event

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.permissions import Role
from hub.curation.featuring import queries as featuring
from hub.entries import document
from hub.entries.queries import listing, proposing
from hub.linkcare import queries as linkcare

ONE_DATABASE = True  # the plans of SQLite, which keeps no statistics
NUMBERS = list(range(1, 21))


def _of(role: Role) -> Actor:
    return Actor(id=1, name="", role=role, organisation_id=1)


READINGS = {
    **{f"rows for {role}": lambda role=role: listing.load_in_order(_of(role), NUMBERS) for role in Role},
    "rows for everybody": lambda: listing.rows_of(NUMBERS),
    "related": lambda: listing.load_related(30, NUMBERS, 5),
    "recommended": lambda: db.session.execute(featuring.statement()).all(),
    "documents of the index": lambda: document.documents(NUMBERS),
    "places and keywords": lambda: proposing._known_of(NUMBERS),
    "carriers of links": lambda: linkcare._carriers(["example.org/a", "example.org/b"]),
}


@pytest.mark.parametrize("reading", READINGS)
def test_no_index_of_states_is_walked(app, reading):
    asked = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        READINGS[reading]()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    read = [one for one in asked if "entry" in one[0] and one[0].lstrip().startswith(("SELECT", "WITH"))]
    assert read
    for statement, parameters in read:
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row[3] for row in plan]
        assert not [step for step in steps if "ix_entry_status" in step or step == "SCAN entry"], (steps, statement)
