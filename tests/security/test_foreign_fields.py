"""T37: a form takes its own fields and nothing else, whatever columns the tables behind it have."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Boolean, Integer, select

from hub.core import clock
from hub.core.db import db
from hub.entries import prefill
from hub.indexing import service as indexing
from tests.security.conftest import forms_for
from tests.security.test_fuzz import PATIENT

POINTED = {
    "role": "admin",
    "status": "published",
    "is_example": "1",
    "password_hash": "v1$x",
    "blocked_at": "",
    "checksum": "0" * 64,
    "email": "evil@example.org",
    "id": "1",
    "version": "1",
    "position": "99",
    "state": "accepted",
}
SECRET = re.compile(r"[\w-]{32,}")


@pytest.fixture
def still(app, monkeypatch):
    """Nothing but the forms makes a difference: one moment, no index to follow, nobody who reads pages."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(indexing, "follow_commit", lambda *_words: None)
    monkeypatch.setattr(prefill, "_readers", [PATIENT])


def foreign_fields(known: set[str]) -> dict[str, str]:
    """Every column of every table that the form does not name, with a value that would matter."""
    columns = {column.name: column for table in db.metadata.sorted_tables for column in table.columns}
    found = {}
    for name, column in columns.items():
        if name not in known:
            simple = "1" if isinstance(column.type, Boolean | Integer) else "fremd"
            found[name] = POINTED.get(name, simple)
    return found | {f"actor.{name}": value for name, value in (("role", "admin"), ("id", "1"))}


def contents() -> dict[str, list[Any]]:
    """All rows; what comes from chance or the clock counts as the same."""
    return {
        table.name: sorted(
            str([plain(value) for name, value in row.items() if name != "request"])
            for row in db.session.execute(select(table)).mappings()
        )
        for table in db.metadata.sorted_tables
    }


def plain(value: Any) -> Any:
    if isinstance(value, str):
        return SECRET.sub("chance", value)
    return "time" if isinstance(value, datetime | date) else value


@pytest.mark.slow
@pytest.mark.index_may_differ
@pytest.mark.parametrize("role", ["admin", pytest.param("member", marks=pytest.mark.long)])
def test_t37_columns_that_a_form_does_not_name_are_not_written(app, person_of, filled, still, role):
    person = person_of(role)
    forms = [form for form in forms_for(app, person, filled) if form.method == "POST"]
    assert len(forms) > 10
    changing = 0
    for form in forms:
        # The browser would lose its cookie with the first two; filters of the log are called like its columns.
        if form.endpoint in ("accounts.sign_out", "accounts.close_own", "audit.export"):
            continue
        usual = {name: value or "Wort" for name, value in form.values().items()} | {"csrf_token": person.token()}
        before = contents()
        once = after(person, form, usual)
        known = {field.name for one in forms if one.endpoint == form.endpoint for field in one.fields}
        again = after(person, form, usual | foreign_fields(known))
        changing += once != before
        assert again == once, form.action
    assert changing >= len(forms) / 4, "hardly a form changed anything, so the run proved little"


def after(person: Any, form: Any, fields: dict[str, str]) -> dict[str, list[Any]]:
    """The rows once the form has been sent; all of it is undone."""
    db.session.remove()  # else its savepoint would lie around this one
    mark = db._app_engines[person._app][None].begin_nested()
    try:
        person._open("POST", form.action, data=fields).close()
        db.session.expire_all()
        return contents()
    finally:
        db.session.remove()
        mark.rollback()
