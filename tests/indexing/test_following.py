"""The index follows the tables: bounded in a request, once at the end of an import, anew when it is of other tables."""

import os
import time

import pytest

from hub.core.unit_of_work import unit_of_work
from hub.indexing import service as indexing
from hub.indexing.document import Removal
from hub.indexing.errors import IndexUnusable
from hub.indexing.wanted import Wanted
from hub.jobs.service import enqueue


def test_postponed_changes_are_found_at_the_end(make):
    make.entry()
    with indexing.postponed():
        entry = make.entry(title="Quarzlicht")
        assert entry.id not in indexing.store().ids()
    assert indexing.search(Wanted(text="Quarzlicht")).ids == (entry.id,)


def test_many_postponed_changes_build_the_index_anew(make, monkeypatch):
    make.entry()
    monkeypatch.setattr(indexing, "REBUILD_FROM", 1)
    before = indexing.store().generation()
    with indexing.postponed():
        make.entry(title="Quarzlicht")
        make.entry(title="Granitplan")
    assert indexing.store().generation().partition(":")[0] != before.partition(":")[0]
    assert indexing.search(Wanted(text="Granitplan")).total == 1


def test_impatient_catch_up_leaves_the_rest(make):
    make.entry()
    indexing._index().is_postponed = True
    entry = make.entry(title="Quarzlicht")
    indexing._index().is_postponed = False
    assert indexing.catch_up(patience=-1) is False
    assert entry.id not in indexing.store().ids()
    assert indexing.catch_up() is True
    assert entry.id in indexing.store().ids()


def test_index_of_other_tables_is_noticed_and_built_anew(make):
    entry = make.entry(title="Quarzlicht")
    indexing.store().apply([], 1_000_000)
    with pytest.raises(IndexUnusable):
        indexing.catch_up()
    assert indexing.search(Wanted(text="Quarzlicht")).ids == (entry.id,)
    assert indexing.store().marker() < 1_000_000


def test_commits_that_change_nothing_searchable_leave_the_index_alone(make, monkeypatch):
    make.entry()
    looked = []
    monkeypatch.setattr(indexing, "bring_up_to_date", lambda: looked.append(1))
    with unit_of_work():
        enqueue("note", "nothing to be found")
    assert looked == []
    monkeypatch.undo()
    entry = make.entry(title="Quarzlicht")
    assert indexing.search(Wanted(text="Quarzlicht")).ids == (entry.id,)


def test_r14_every_machine_checks_its_own_index_when_nobody_did_for_a_day(app, make, monkeypatch):
    begun = []
    monkeypatch.setattr(indexing, "_begin", lambda work, name: begun.append((name, work)))
    entry = make.entry(title="Quarzlicht")
    indexing.bring_up_to_date()
    monkeypatch.setitem(app.config, "INDEX_REBUILD_INLINE", False)
    checked = indexing._folder() / indexing.CHECKED
    checked.touch()
    indexing._index().looked_at = -indexing.LOOK_AGAIN
    indexing.bring_up_to_date()
    assert begun == []

    yesterday = time.time() - indexing.CHECK_AFTER - 60
    os.utime(checked, (yesterday, yesterday))
    indexing.bring_up_to_date()
    assert begun == [], "one look in ten minutes is enough"
    indexing._index().looked_at = -indexing.LOOK_AGAIN
    indexing.bring_up_to_date()
    assert [name for name, _ in begun] == ["index-check"]

    indexing.store().apply([Removal(entry.id)], indexing.store().marker())
    begun[0][1]()
    assert indexing.search(Wanted(text="Quarzlicht")).ids == (entry.id,)
    assert checked.stat().st_mtime > yesterday + 3600


def test_r14_check_of_a_good_index_builds_nothing(make):
    make.entry(title="Quarzlicht")
    before = indexing.store().generation()
    indexing.check_and_mend()
    assert indexing.store().generation() == before
