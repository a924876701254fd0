"""What waits for a decision is found by its indexes, however many entries there are."""

from hub.core.db import db
from hub.moderation.source import SUBMISSIONS
from tests.support.counting import counted_statements

ONE_DATABASE = True  # the plans of SQLite, which keeps no statistics


def test_the_database_finds_twins_of_submissions_by_its_indexes(app, editor):
    """With "or" in one question SQLite read all entries for every row: half a minute for 5,000."""
    with counted_statements() as sent:
        SUBMISSIONS.find(editor, 50)
    asked = sent[0].replace("?", "1")
    plan = [row[-1] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    twins = [line for line in plan if "entry_1" in line]
    assert twins and all("ix_entry_address" in line or "ix_entry_doi" in line for line in twins), plan
