"""The ground rules of the house: one commit, changes in the log, the index follows."""

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Status
from hub.indexing import changelog
from hub.indexing import service as indexing
from hub.indexing.models import LoggedChange
from hub.indexing.wanted import Wanted


def test_published_entry_is_found_at_once(make):
    entry = make.entry(title="Beleuchtung der Unterführung")
    assert indexing.search(Wanted(text="Unterführung")).ids == (entry.id,)


def test_waiting_entry_is_not_in_the_index(make):
    make.entry(title="Beleuchtung der Unterführung", status="submitted")
    assert indexing.search(Wanted(text="Unterführung")).total == 0


def test_renamed_organisation_is_found_at_once(make):
    entry = make.entry(organisation="Gladbeck")
    with unit_of_work():
        organisation = make.organisation("Gladbeck")
        organisation.name, organisation.label = "Musterstadt", "Stadt Musterstadt"
    assert indexing.search(Wanted(text="Musterstadt")).ids == (entry.id,)


def test_changes_are_numbered_without_gaps(make):
    make.entry()
    make.entry()
    numbers = list(db.session.scalars(select(LoggedChange.number).order_by(LoggedChange.number)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert changelog.current_number() == numbers[-1]


def test_failed_unit_leaves_nothing_behind(make):
    place = make.organisation()
    before = changelog.current_number()
    with pytest.raises(RuntimeError), unit_of_work() as session:
        session.add(Entry(title="Halb", kind="dokument", organisation_id=place.id, status=Status.DRAFT))
        session.flush()
        raise RuntimeError
    assert db.session.scalar(select(Entry.id).where(Entry.title == "Halb")) is None
    assert changelog.current_number() == before


def test_database_refuses_what_the_model_forbids(make):
    entry = make.entry()
    with pytest.raises(Conflict), unit_of_work():
        entry.kind = "unbekannt"


def test_move_that_leads_nowhere_is_a_conflict(make):
    entry = make.entry(status="rejected")
    with pytest.raises(Conflict), unit_of_work():
        entry.move_to(Status.PUBLISHED, entry.created_at)
