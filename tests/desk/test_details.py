"""Entries that lack something important are brought to the desk until somebody says that they may."""

import pytest

from hub.core.db import db
from hub.core.errors import Refused
from hub.core.unit_of_work import unit_of_work
from hub.desk.details import SOURCE
from hub.entries.models import Entry
from hub.undoing.service import undo_action


@pytest.fixture
def found(app, editor):
    """What is missing, by title."""

    def find() -> dict[str, tuple[str, str]]:
        with app.test_request_context():
            rows = SOURCE.find(editor, 50)
        assert len(rows) == db.session.scalar(SOURCE.count(editor))
        return {row.title: (row.finding, row.about) for row in rows}

    return find


def test_what_is_missing_is_named(make, found):
    whole = {"summary": "Kurz.", "year": 2024, "section": "Zum Einstieg"}
    make.entry(title="Ganz", **whole)
    make.entry(title="Ohne Beschreibung", **whole | {"summary": ""})
    make.entry(title="Ohne Jahr", **whole | {"year": None})
    make.entry(title="Methode ohne Jahr", kind="methode", **whole | {"year": None})
    make.entry(title="Ohne Abschnitt und Jahr", summary="Kurz.")
    make.entry(title="Wartet noch", status="submitted")
    assert found() == {
        "Ohne Beschreibung": ("Beschreibung fehlt", "Dokument"),
        "Ohne Jahr": ("Jahr fehlt", "Dokument"),
        "Ohne Abschnitt und Jahr": ("Jahr fehlt (und mehr)", "Dokument · Abschnitt fehlt"),
    }


def test_what_may_be_missing_comes_back_only_with_something_else(make, editor, found):
    entry = make.entry(title="Alt", summary="Kurz.", section="Zum Einstieg")
    settled = SOURCE.settle(editor, "leave", [(entry.id, entry.version)], "")
    assert (settled.count, found()) == (1, {})
    with unit_of_work() as session:
        session.get(Entry, entry.id).summary = ""
    assert found() == {"Alt": ("Beschreibung fehlt (und mehr)", "Dokument · Jahr fehlt")}
    undo_action(editor, settled.undo_id)
    assert len(found()) == 1


def test_what_moved_on_is_left(make, editor):
    entry = make.entry(title="Alt")
    assert SOURCE.settle(editor, "leave", [(entry.id, entry.version + 1)], "").conflicts == ("„Alt“",)
    with pytest.raises(Refused):
        SOURCE.settle(editor, "approve", [(entry.id, entry.version)], "")
