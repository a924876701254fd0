"""The office puts entries of a board into an order, to the top, into another section or collection; all with undo."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation.arranging import queries, service
from hub.entries import queries as entries
from hub.entries.models import Entry, EntryCollection, EntryRevision
from hub.entries.queries import Filters, many
from hub.entries.service import contributing
from hub.entries.service.contributing import EntryDetails
from hub.entries.service.many import EntryChange, change_entries, prepare_changes
from hub.undoing.service import undo_action

SLUG, FIRST, SECOND = "bahnhofsviertel", "Zum Einstieg", "In den Medien"
BOARD = f"/collections-manage/{SLUG}/board"


@pytest.fixture
def shelf(make):
    """A collection with two sections; A is the newest of four entries in the first, Z stands in the second."""
    home = make.collection(SLUG, (FIRST, SECOND))
    for age, title in enumerate("ABCD"):
        make.entry(title=title, section=FIRST, at=clock.now() - timedelta(days=age))
    make.entry(title="Z", section=SECOND)
    return home


def number(title):
    return db.session.scalar(select(Entry.id).where(Entry.title == title))


def part(editor, title=FIRST, slug=SLUG):
    db.session.expire_all()
    return next(one for one in queries.get_board(editor, slug).parts if one.title == title)


def order(editor, title=FIRST, slug=SLUG):
    return "".join(line.title for line in part(editor, title, slug).lines)


def on_board(shelf, title=FIRST):
    """What members see in this section."""
    db.session.expire_all()
    section = next(one.id for one in queries.get_collection(SLUG).sections if one.title == title)
    return "".join(row.title for row in entries.find_board(Filters(collection_id=shelf.id), 8).get(section, []))


def move(editor, title, step, section=FIRST):
    return service.move_entry(editor, SLUG, number(title), step, part(editor, section).version)


def pin(editor, title, is_pinned=True):
    return service.pin_entry(editor, SLUG, number(title), is_pinned, part(editor).version)


def test_without_an_order_the_newest_stands_first(shelf, editor):
    assert order(editor) == on_board(shelf) == "ABCD"


@pytest.mark.parametrize(
    ("title", "step", "after"),
    [("C", "up", "ACBD"), ("B", "down", "ACBD"), ("D", "first", "DABC"), ("A", "up", "ABCD"), ("D", "down", "ABCD")],
)
def test_an_entry_moves_and_the_board_follows(shelf, editor, title, step, after):
    moved = move(editor, title, step)
    assert order(editor) == on_board(shelf) == after
    assert (moved.place, moved.count) == (after.index(title) + 1, 4)
    assert (moved.undo_id is None) == (after == "ABCD")


def test_the_list_of_a_collection_follows_and_can_still_be_read_by_date(shelf, editor):
    move(editor, "D", "first")
    filters = Filters(collection_id=shelf.id, section=(FIRST,))
    assert "".join(row.title for row in entries.find_page(filters, entries.ARRANGED, 0, 10)) == "DABC"
    assert "".join(row.title for row in entries.find_page(filters, "newest", 0, 10)) == "ABCD"


def test_what_arrives_later_stands_below_the_arranged_ones(shelf, editor, make):
    move(editor, "B", "first")
    make.entry(title="N", section=FIRST)
    assert order(editor) == "BNACD"


def test_any_order_can_be_made_step_by_step(shelf, editor):
    for title, step in [("D", "first"), ("A", "down"), ("A", "down"), ("C", "up"), ("B", "up")]:
        move(editor, title, step)
    assert order(editor) == on_board(shelf) == "DBCA"


def test_pinned_entries_stay_on_top_and_move_among_themselves(shelf, editor):
    pin(editor, "C")
    pin(editor, "D")
    assert order(editor) == on_board(shelf) == "CDAB"
    move(editor, "B", "first")
    assert order(editor) == "CDBA"
    assert move(editor, "B", "up").undo_id is None
    move(editor, "D", "up")
    assert order(editor) == "DCBA"
    pin(editor, "D", False)
    assert order(editor) == "CDBA"
    assert part(editor).pinned_count == 1


def test_each_move_can_be_taken_back_one_after_the_other(shelf, editor):
    steps = [move(editor, "D", "first"), move(editor, "A", "down"), pin(editor, "B")]
    orders = ["ABCD", "DABC", "DBAC"]
    for moved, before in reversed(list(zip(steps, orders, strict=True))):
        undo_action(editor, moved.undo_id)
        assert order(editor) == on_board(shelf) == before


def test_a_move_that_others_followed_upon_is_not_taken_back(shelf, editor):
    first = move(editor, "D", "first")
    pin(editor, "D")
    with pytest.raises(Conflict, match="noch einmal geändert"):
        undo_action(editor, first.undo_id)
    assert order(editor) == "DABC"


def test_two_editors_at_once_the_second_hears_about_it(shelf, editor):
    seen = part(editor).version
    service.move_entry(editor, SLUG, number("D"), "first", seen)
    with pytest.raises(Conflict, match="inzwischen von jemand anderem"):
        service.move_entry(editor, SLUG, number("B"), "first", seen)
    assert order(editor) == "DABC"
    service.move_entry(editor, SLUG, number("Z"), "down", part(editor, SECOND).version)


def test_the_order_is_no_version_of_the_entry(shelf, editor):
    versions = dict(db.session.execute(select(Entry.title, Entry.version)).all())
    move(editor, "D", "first")
    db.session.expire_all()
    assert dict(db.session.execute(select(Entry.title, Entry.version)).all()) == versions


def test_an_entry_is_dropped_before_another_and_into_another_section(shelf, editor):
    here = part(editor)
    section = here.section_id
    service.drop_entry(editor, SLUG, number("D"), section, number("B"), (here.version, here.version))
    assert order(editor) == "ADBC"
    other = part(editor, SECOND)
    moved = service.drop_entry(
        editor, SLUG, number("A"), other.section_id, number("Z"), (other.version, part(editor).version)
    )
    assert (order(editor), order(editor, SECOND)) == ("DBC", "AZ")
    undo_action(editor, moved.undo_id)
    assert (order(editor), order(editor, SECOND)) == ("ADBC", "Z")


def file(editor, title, home, section_id, is_more=False):
    version = db.session.scalar(select(Entry.version).where(Entry.title == title))
    return service.file_entry(editor, SLUG, number(title), home.id, section_id, version, is_more)


def test_an_entry_moves_to_another_collection_without_a_copy(shelf, editor, make):
    other = make.collection("klimawandel", ("Hitze",))
    section = queries.get_collection("klimawandel").sections[0].id
    entry_id = number("B")
    moved = file(editor, "B", other, section)
    assert (order(editor), order(editor, "Hitze", "klimawandel")) == ("ACD", "B")
    assert number("B") == entry_id
    last = db.session.scalar(select(EntryRevision).order_by(EntryRevision.id.desc()).limit(1))
    assert last.fields["collections"][0]["section"] == "Hitze"
    undo_action(editor, moved.undo_id)
    assert order(editor) == "ABCD"


def test_an_entry_stands_in_a_second_collection_and_leaves_it_again(shelf, editor, make):
    other = make.collection("klimawandel", ())
    file(editor, "B", other, None, is_more=True)
    assert (order(editor), order(editor, "", "klimawandel")) == ("ABCD", "B")
    with pytest.raises(Refused, match="steht der Eintrag schon"):
        file(editor, "B", other, None, is_more=True)
    version = db.session.scalar(select(Entry.version).where(Entry.title == "B"))
    gone = service.remove_entry(editor, "klimawandel", number("B"), version)
    assert [place.collection_id for place in db.session.scalars(
        select(EntryCollection).where(EntryCollection.entry_id == number("B"))
    )] == [shelf.id]  # fmt: skip
    undo_action(editor, gone.undo_id)
    assert order(editor, "", "klimawandel") == "B"
    with pytest.raises(Refused, match="nur in dieser Sammlung"):
        service.remove_entry(editor, SLUG, number("A"), 1)


def test_an_entry_that_was_changed_meanwhile_is_not_moved(shelf, editor, make):
    other = make.collection("klimawandel", ())
    with pytest.raises(Conflict, match="inzwischen geändert"):
        service.file_entry(editor, SLUG, number("A"), other.id, None, 7, False)


def test_sections_of_other_collections_are_refused(shelf, editor, make):
    make.collection("klimawandel", ("Hitze",))
    foreign = queries.get_collection("klimawandel").sections[0].id
    with pytest.raises(Refused, match="gibt es nicht mehr"):
        service.drop_entry(editor, SLUG, number("A"), foreign, None, (1, 1))


def test_waiting_entries_are_on_no_board(shelf, editor, make):
    make.entry(title="W", status="submitted", section=FIRST)
    assert order(editor) == "ABCD"
    with pytest.raises(Missing):
        service.move_entry(editor, SLUG, number("W"), "up", 1)


def test_members_may_not_arrange(shelf, member):
    with pytest.raises(NotAllowed):
        service.move_entry(member, SLUG, number("A"), "down", 1)


def test_the_page_keeps_the_focus_on_the_button_and_offers_undo(shelf, make, sign_in, editor):
    office = sign_in(make.user(role="editor"))
    page = office.get(BOARD).get_data(as_text=True)
    address = re.search(rf'formaction="({BOARD}/{number("C")}/move\?step=up[^"]*)"', page).group(1)
    answer = office.post(address.replace("&amp;", "&"), {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BOARD}?at={number('C')}&by=up")
    page = office.get(answer.headers["Location"]).get_data(as_text=True)
    assert "„C“ steht jetzt in „Zum Einstieg“ auf Platz 2 von 4." in page
    assert "Rückgängig machen" in page
    button = re.search(r"<button[^>]*autofocus>", page).group(0)
    assert 'aria-label="Nach oben: C, jetzt Platz 2 von 4"' in button
    stale = office.post(address.replace("&amp;", "&"), {})
    assert stale.status_code == 409
    assert "inzwischen von jemand anderem geändert" in stale.get_data(as_text=True)


def test_the_form_moves_adds_and_refuses_in_words(shelf, make, sign_in, editor):
    other = make.collection("klimawandel", ())
    office = sign_in(make.user(role="editor"))
    address = f"{BOARD}/{number('A')}/place"
    office.get(address)
    again = office.post(address, {"target": f"{shelf.id}:{part(editor).section_id}", "version": 1, "do": "move"})
    assert (again.status_code, "Dort steht der Eintrag schon." in again.get_data(as_text=True)) == (422, True)
    assert office.post(address, {"target": f"{other.id}:0", "version": 1, "do": "add"}).status_code == 303
    assert order(editor, "", "klimawandel") == "A"


def test_reading_an_arranged_list_walks_along_an_index(app, shelf):
    held = inspect(db.session.connection()).get_indexes("entry_collection")
    assert "ix_entry_collection_rank" in {index["name"] for index in held}
    if db.engine.dialect.name != "sqlite":
        return  # so few rows are read without any index there
    where = "collection_id = 1 AND published_at IS NOT NULL"
    sql = f"SELECT entry_id FROM entry_collection WHERE {where} ORDER BY rank DESC, published_at DESC, entry_id DESC"
    plan = " ".join(row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
    assert "ix_entry_collection_rank" in plan
    assert "TEMP B-TREE" not in plan


def test_in_another_section_an_entry_was_never_put_anywhere(shelf, editor, make):
    """By the form of the entry as by a change of many: it stands where the newest stands, and is not pinned."""
    pin(editor, "C")
    move(editor, "D", "first")
    moved, changed = number("C"), number("D")
    entry = entries.get_entry(editor, moved)
    details = EntryDetails(
        kind=entry.kind, title="C", summary=entry.summary, collection_ids=[shelf.id], section=SECOND, text="Ein Text."
    )
    contributing.revise_entry(editor, entry, details, entry.version)
    state = many.find_states(db.session(), [changed])[changed]
    places = [{**state.values["places"][0], "section_id": part(editor, SECOND).section_id}]
    with unit_of_work() as session:
        prepared, _left = prepare_changes(session, [EntryChange(changed, state.version, {"places": places})])
        change_entries(editor, prepared, "entry.bulk_changed")
    there = select(EntryCollection.section_id, EntryCollection.rank).where(
        EntryCollection.entry_id.in_([moved, changed])
    )
    assert set(db.session.execute(there).all()) == {(part(editor, SECOND).section_id, 0)}
