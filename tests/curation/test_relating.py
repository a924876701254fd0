"""The office says which entries belong together; what it declines is not proposed again."""

import re

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation.relating.service import relate_entries
from hub.duplicates.service import merging
from hub.entries.models import APART, TOGETHER, Entry, Relation, Status
from hub.entries.queries.related import find_related
from hub.entries.service import binning, contributing
from hub.undoing.service import undo_action
from tests.support.counting import counted_statements


@pytest.fixture
def lamps(make):
    """Three entries alike and one that is not, by number, amid others."""
    for number in range(8):
        make.entry(title=f"Hitzeplan Nummer {number}", tags=("Hitze",))
    alike = [make.entry(title=f"Straßenlaternen am Kanal {n}", tags=("Beleuchtung",)).id for n in ("A", "B", "C")]
    return [*alike, make.entry(title="Ganz anderes").id]


def together(entry_id):
    return [row.id for row in find_related(entry_id, 4).together]


def similar(entry_id):
    return {row.id for row in find_related(entry_id, 4).similar}


def rows():
    return {(row.one_id, row.other_id): row.state for row in db.session.scalars(select(Relation))}


def test_confirmed_entries_stand_on_both_pages_and_are_no_proposals(lamps, editor):
    first, second, third, _other = lamps
    assert similar(first) == {second, third}
    relate_entries(editor, second, first, TOGETHER)
    assert (together(first), together(second), together(third)) == ([second], [first], [])
    assert (similar(first), similar(second)) == ({third}, {third})
    assert rows() == {(first, second): TOGETHER}


def test_any_entry_can_be_connected_and_let_go(lamps, editor):
    relate_entries(editor, lamps[3], lamps[0], TOGETHER)
    assert relate_entries(editor, lamps[0], lamps[3], TOGETHER).undo_id is None
    assert together(lamps[0]) == [lamps[3]]
    relate_entries(editor, lamps[0], lamps[3], "")
    assert (together(lamps[0]), rows()) == ([], {})


def test_what_was_declined_does_not_come_back_and_makes_room(lamps, editor, make):
    first, second, third, _other = lamps
    relate_entries(editor, first, second, APART)
    assert similar(first) == {third} and first not in similar(second)
    make.entry(title="Straßenlaternen am Kanal D", tags=("Beleuchtung",))
    assert second not in similar(first)


@pytest.mark.parametrize("state", [TOGETHER, APART])
def test_what_was_said_can_be_taken_back_once(lamps, editor, state):
    undo_id = relate_entries(editor, lamps[0], lamps[1], state).undo_id
    undo_action(editor, undo_id)
    assert rows() == {}
    with pytest.raises(Conflict):
        undo_action(editor, undo_id)


def test_what_was_said_again_since_is_left_alone(lamps, editor):
    undo_id = relate_entries(editor, lamps[0], lamps[1], TOGETHER).undo_id
    relate_entries(editor, lamps[1], lamps[0], APART)
    with pytest.raises(Conflict, match="noch einmal geändert"):
        undo_action(editor, undo_id)
    assert rows() == {(lamps[0], lamps[1]): APART}


def test_entry_itself_unpublished_ones_and_strangers_are_refused(lamps, editor, member, make):
    waiting = make.entry(status=Status.SUBMITTED).id
    with pytest.raises(Refused):
        relate_entries(editor, lamps[0], lamps[0], TOGETHER)
    with pytest.raises(Conflict):
        relate_entries(editor, lamps[0], waiting, TOGETHER)
    with pytest.raises(Missing):
        relate_entries(editor, lamps[0], 99999, TOGETHER)
    with pytest.raises(NotAllowed):
        relate_entries(member, lamps[0], lamps[1], TOGETHER)


@pytest.mark.parametrize("pair", [(0, 0), (1, 0)])
def test_the_table_knows_each_pair_once(lamps, pair):
    one, other = lamps[pair[0]], lamps[pair[1]]
    with pytest.raises(Conflict), unit_of_work() as session:
        session.add(Relation(one_id=one, other_id=other, state=TOGETHER))


def test_hidden_entries_stand_on_no_page_until_they_are_back(lamps, admin):
    first, second, third, _other = lamps
    for other in (second, third):
        relate_entries(admin, first, other, TOGETHER)
    gone = db.session.get(Entry, second)
    contributing.withdraw_entry(admin, gone, "Überholt")
    binning.bin_entry(admin, third)
    assert (together(first), similar(first)) == ([], set())
    contributing.restore_entry(admin, gone)
    assert together(first) == [second]


def test_relations_follow_a_merge_and_come_back_with_it(lamps, editor):
    first, second, third, other = lamps
    relate_entries(editor, second, other, TOGETHER)
    relate_entries(editor, first, other, APART)
    relate_entries(editor, second, third, APART)
    relate_entries(editor, first, second, TOGETHER)
    before = rows()
    versions = tuple(db.session.get(Entry, number).version for number in (first, second))
    undo_id = merging.merge_entries(editor, first, second, versions)
    assert rows() == {(first, other): TOGETHER, (first, third): APART}
    undo_action(editor, undo_id)
    db.session.expire_all()
    assert rows() == before


def test_the_office_decides_on_the_page_of_the_entry(lamps, make, sign_in):
    office, reader = sign_in(make.user(role="editor")), sign_in(make.user())
    path = f"/entries/{lamps[0]}"
    assert "Passt nicht" not in reader.get(path).text
    assert f"{path}/related/{lamps[1]}?state=apart" in office.get(path).text
    assert office.post(f"{path}/related/{lamps[1]}?state=together").status_code == 303
    page = reader.get(path).text
    assert re.search(r"Gehört zusammen</h2>.*Kanal B.*Das könnte auch passen</h2>.*Kanal C", page, re.DOTALL)
    assert "Rückgängig machen" in office.get(path).text
    page = office.get(f"{path}/related?q=anderes").text
    assert "Verbindung lösen" in page and "Ganz anderes" in page and "Vorschläge" in page
    assert reader.get(f"{path}/related").status_code == 403
    assert office.post(f"{path}/related/{lamps[1]}?state=more").status_code == 404
    office.post(f"{path}/related/{lamps[0]}?state=together&next={path}/related")
    assert "nicht mit sich selbst" in office.get(f"{path}/related").text


@pytest.mark.parametrize("role", ["member", "admin"])
def test_no_more_statements_with_relations(lamps, make, sign_in, editor, role):
    relate_entries(editor, lamps[0], lamps[3], TOGETHER)
    person, path = sign_in(make.user(role=role)), f"/entries/{lamps[0]}"
    person.get(path)
    with counted_statements() as statements:
        page = person.get(path).text
    assert "Gehört zusammen" in page and "Das könnte auch passen" in page
    assert len(statements) <= 12
