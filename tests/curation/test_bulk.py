"""Many entries at once: planned, shown, written in one transaction, undone as a whole."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.audit.models import AuditEvent
from hub.collections.models import Section
from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation import bulk_queries as queries
from hub.curation import bulk_service as service
from hub.curation.bulk_queries import Filters
from hub.curation.models import BulkChange, BulkRow
from hub.curation.wishes import Wish
from hub.entries.models import Entry, EntryRevision
from hub.entries.queries.many import find_states
from hub.entries.queries.revisions import load_snapshots
from hub.entries.service.contributing import add_to_collection
from hub.indexing import changelog
from hub.indexing import service as indexing
from hub.jobs import queue, worker
from hub.jobs.service import enqueue_here, this_machine
from hub.undoing.models import UndoableAction
from hub.undoing.service import undo_action
from tests.support.counting import counted_statements


def picked(*entries):
    return {entry.id: entry.version for entry in entries}


def state_of(entry):
    db.session.rollback()
    return find_states(db.session(), [entry.id])[entry.id]


def places_of(entry):
    return [(place["collection_id"], place["section_id"]) for place in state_of(entry).values["places"]]


def apply(actor, wish, *entries):
    return service.start_change(actor, service.plan_by_table(actor, wish, picked(*entries)))


def rows_of(change_id):
    return list(db.session.scalars(select(BulkRow).where(BulkRow.change_id == change_id).order_by(BulkRow.place)))


def section_of(collection, title="Zum Einstieg"):
    wanted = select(Section.id).where(Section.collection_id == collection.id, Section.title == title)
    return db.session.scalar(wanted)


@pytest.fixture
def homes(make):
    return make.collection("bahnhofsviertel"), make.collection("steuerung")


def test_many_fields_change_at_once_and_all_is_kept_as_by_hand(app, make, editor, homes):
    """Version, kept versions, change log and index say the same as after single changes (the index: every test)."""
    station, steering = homes
    essen = make.organisation("Köln")
    entries = [make.entry(f"Licht {n}", tags=("Licht", "Alt"), section="Zum Einstieg") for n in range(3)]
    before = changelog.current_number()
    wish = Wish("add", steering.id, 0, (steering.id, section_of(steering)), ("Neu", "licht"), ("alt",), essen.id)
    done = apply(editor, wish, *entries)
    assert (done.state, done.changed_count, done.left) == ("done", 3, [])
    assert changelog.current_number() - before == 3
    for entry in entries:
        now = state_of(entry)
        assert (now.version, now.values["tags"], now.values["organisation_id"]) == (2, ["Licht", "Neu"], essen.id)
        assert places_of(entry) == [(station.id, section_of(station)), (steering.id, section_of(steering))]
        kept = db.session.scalars(
            select(EntryRevision).where(EntryRevision.entry_id == entry.id).order_by(EntryRevision.number)
        ).all()
        assert [(row.number, row.action, row.actor_id) for row in kept] == [
            (1, "entry.taken_in", None),
            (2, "entry.bulk_changed", editor.id),
        ]
        assert kept[-1].fields == load_snapshots(db.session(), [entry.id])[entry.id].fields
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "entry.bulk_changed"))
    assert (event.actor_id, event.detail) == (editor.id, {"count": 3, "undo": done.action_id})


def test_undo_sets_everything_back_and_leaves_what_was_changed_since(app, make, editor, homes):
    station, steering = homes
    entries = [make.entry(f"Platz {n}", tags=("Licht",), section="Zum Einstieg", kind="methode") for n in range(3)]
    with unit_of_work():
        for entry in entries:
            entry.details = {"costs": "gering", "rights": "frei"}
    before = [state_of(entry).values for entry in entries]
    done = apply(editor, Wish("move", steering.id, tags_removed=("Licht",), kind="dokument"), *entries)
    assert places_of(entries[0]) == [(steering.id, None)]
    assert state_of(entries[0]).values["details"] != before[0]["details"]
    add_to_collection(editor, entries[1].id, [station.id])
    undone = undo_action(editor, done.action_id)
    assert (undone.count, undone.conflicts) == (2, ("Platz 1",))
    assert [state_of(entry).values for entry in (entries[0], entries[2])] == [before[0], before[2]]
    assert places_of(entries[1]) == [(steering.id, None), (station.id, None)]
    last = select(EntryRevision.action).where(EntryRevision.entry_id == entries[0].id)
    assert db.session.scalars(last.order_by(EntryRevision.number.desc())).first() == "entry.bulk_undone"


def test_the_next_review_is_set_and_taken_back(app, make, editor):
    entry = make.entry("Zu prüfen")
    before = state_of(entry).values["review_on"]
    done = apply(editor, Wish(review_on="2027-03-31"), entry)
    assert state_of(entry).values["review_on"] == "2027-03-31"
    kept = db.session.scalar(select(EntryRevision.fields).where(EntryRevision.number == 2))
    assert kept == load_snapshots(db.session(), [entry.id])[entry.id].fields
    undo_action(editor, done.action_id)
    assert state_of(entry).values["review_on"] == before


def test_what_was_changed_since_the_table_was_loaded_is_listed_and_the_rest_goes_through(app, make, editor, homes):
    entries = [make.entry(f"Nacht {n}") for n in range(3)]
    shown = picked(*entries)
    add_to_collection(editor, entries[0].id, [homes[1].id])
    change_id = service.plan_by_table(editor, Wish(tags_added=("Nacht",)), shown)
    assert [(row.title, bool(row.problem)) for row in rows_of(change_id)] == [
        ("Nacht 0", True),
        ("Nacht 1", False),
        ("Nacht 2", False),
    ]
    add_to_collection(editor, entries[1].id, [homes[1].id])
    done = service.start_change(editor, change_id)
    assert (done.changed_count, done.left) == (1, ["Nacht 1"])
    assert [state_of(entry).values["tags"] for entry in entries] == [[], [], ["Nacht"]]


def test_all_that_fit_are_picked_except_those_changed_since(app, make, editor, homes):
    entries = [make.entry(f"Zaun {n}", year=2020) for n in range(3)]
    make.entry("Etwas anderes", year=2021)
    make.entry("Wartet noch", year=2020, status="submitted")
    seen = queries.find_table(editor, Filters(year=2020), 1).seen
    add_to_collection(editor, entries[2].id, [homes[1].id])
    chosen = service.pick_all(editor, Filters(year=2020), seen)
    assert chosen.keys() == {entry.id for entry in entries}
    change_id = service.plan_by_table(editor, Wish(tags_added=("Zaun",)), chosen)
    assert [row.title for row in rows_of(change_id) if row.problem] == ["Zaun 2"]


def test_filters_narrow_the_table(app, make, editor, homes):
    station, steering = homes
    make.entry("Öffentliche Plätze", collections=("steuerung",), tags=("Licht",), kind="methode", year=2019)
    make.entry("Tor", section="Zum Einstieg", organisation="Köln")
    make.entry("Wand")

    def titles(**wanted):
        return sorted(state.title for state in queries.find_table(editor, Filters(**wanted), 1).states)

    assert titles(collection=steering.id) == titles(tag="LICHT") == titles(kind="methode") == ["Öffentliche Plätze"]
    assert titles(year=2019) == titles(q="öffentliche plätze") == ["Öffentliche Plätze"]
    assert titles(section=section_of(station)) == titles(organisation=make.organisation("Köln").id) == ["Tor"]
    assert titles(collection=station.id, section=queries.NO_SECTION) == ["Wand"]


def test_moving_takes_the_place_of_the_old_collection(app, make, editor, homes):
    station, steering = homes
    third = make.collection("klimawandel")
    both = make.entry("Beide", collections=("bahnhofsviertel", "klimawandel"))
    other = make.entry("Andere", collections=("klimawandel",))
    there = make.entry("Schon dort", collections=("bahnhofsviertel", "steuerung"))
    apply(editor, Wish("move", steering.id, third.id), both)
    assert places_of(both) == [(station.id, None), (steering.id, None)]
    change_id = service.plan_by_table(editor, Wish("move", steering.id, station.id), picked(other, there))
    assert ["aus der er verschoben" in row.problem for row in rows_of(change_id)] == [True, False]
    service.start_change(editor, change_id)
    assert places_of(there) == [(steering.id, None)]


def test_what_cannot_be_is_listed_with_its_reason(app, make, editor, homes):
    station, steering = homes
    alone = make.entry("Nur hier")
    full = make.entry("Voll", tags=tuple(f"wort {n}" for n in range(20)))
    for wish, entry, reason in (
        (Wish("remove", station.id), alone, "nur in dieser Sammlung"),
        (Wish(section=(steering.id, section_of(steering))), alone, "nicht in der Sammlung"),
        (Wish(tags_added=("eines mehr",)), full, "mehr als 20"),
    ):
        [row] = rows_of(service.plan_by_table(editor, wish, picked(entry)))
        assert reason in row.problem
    with pytest.raises(Conflict):
        apply(editor, Wish("remove", station.id), alone)


def test_what_is_so_already_does_not_change(app, make, editor, homes):
    entry = make.entry("Schon so", tags=("Licht",))
    change_id = service.plan_by_table(editor, Wish("add", homes[0].id, tags_added=("LICHT",)), picked(entry))
    assert db.session.get(BulkChange, change_id).same_count == 1
    assert rows_of(change_id) == []


def test_a_failure_changes_nothing_at_all(app, make, editor, monkeypatch):
    entries = [make.entry(f"Halb {n}") for n in range(3)]

    def break_down(*_args):
        raise Conflict("Das ging schief.")

    monkeypatch.setattr(service, "_remember", break_down)
    done = apply(editor, Wish(tags_added=("Halb",)), *entries)
    assert (done.state, done.error) == ("failed", "Das ging schief.")
    assert [state_of(entry).values["tags"] for entry in entries] == [[], [], []]
    assert db.session.scalar(select(func.count()).select_from(EntryRevision)) == 0


def test_many_are_changed_by_a_worker_that_tells_how_far_it_is(app, make, editor, monkeypatch):
    monkeypatch.setattr(service, "IN_REQUEST", 1)
    told = []
    tell = service._tell_progress
    monkeypatch.setattr(service, "_tell_progress", lambda number, done: (told.append(done), tell(number, done)))
    monkeypatch.setattr("hub.entries.queries.many.AT_ONCE", 2)
    entries = [make.entry(f"Viele {n}") for n in range(5)]
    waiting = apply(editor, Wish(tags_added=("Viele",)), *entries)
    assert (waiting.state, waiting.changed_count) == ("waiting", 0)
    with pytest.raises(Conflict):
        service.start_change(editor, waiting.id)
    worker.do_all_due()
    done = queries.get_change(editor, waiting.id)
    assert (done.state, done.changed_count, told) == ("done", 5, [2, 4, 5])
    service.do_change({"id": waiting.id})
    assert state_of(entries[0]).version == 2


def test_after_many_changes_the_index_follows_in_a_job(app, make, editor, monkeypatch):
    monkeypatch.setattr(indexing, "LARGE_UNIT", 2)
    monkeypatch.setattr(app.extensions[indexing.EXTENSION], "ask_worker", enqueue_here)
    queue.keep(f"{this_machine()}:1", [])
    entries = [make.entry(f"Folgt {n}") for n in range(3)]
    apply(editor, Wish(tags_added=("Nachzügler",)), *entries)
    assert indexing.store().marker() < changelog.current_number()
    worker.do_all_due()
    assert indexing.store().marker() == changelog.current_number()


def test_a_worker_does_nothing_for_somebody_who_was_blocked_meanwhile(app, make, monkeypatch):
    monkeypatch.setattr(service, "IN_REQUEST", 1)
    person = make.user(role="editor")
    entries = [make.entry(f"Gesperrt {n}") for n in range(2)]
    waiting = apply(make.actor(person), Wish(tags_added=("Nein",)), *entries)
    with unit_of_work():
        person.blocked_at = clock.now()
    worker.do_all_due()
    assert db.session.get(BulkChange, waiting.id, populate_existing=True).state == "failed"
    assert state_of(entries[0]).values["tags"] == []


def test_the_number_of_statements_does_not_grow_with_the_entries(app, make, editor):
    def measure(count):
        entries = [make.entry(f"Zahl {count} {n}", tags=("Alt",)) for n in range(count)]
        change_id = service.plan_by_table(editor, Wish(tags_added=(f"Neu {count}",)), picked(*entries))
        with counted_statements() as statements, unit_of_work():
            prepared, _left = service.prepare_changes(db.session(), service._changes_of(change_id))
            service.change_entries(editor, prepared, "entry.bulk_changed")
        return len(statements)

    assert measure(3) == measure(40)


def test_who_may_and_what_is_refused(app, make, editor, member):
    entry = make.entry("Nicht für alle")
    with pytest.raises(NotAllowed):
        service.plan_by_table(member, Wish(tags_added=("x",)), picked(entry))
    with pytest.raises(Refused, match="was sich ändern soll"):
        service.plan_by_table(editor, Wish(), picked(entry))
    with pytest.raises(Refused, match="mindestens einen"):
        service.plan_by_table(editor, Wish(tags_added=("x",)), {})
    change_id = service.plan_by_table(editor, Wish(tags_added=("x",)), picked(entry))
    with pytest.raises(Missing):
        service.start_change(make.actor(make.user(role="admin")), change_id)


def test_previews_are_forgotten_after_two_days_but_not_the_way_back(app, make, editor, monkeypatch):
    entry = make.entry("Vergessen")
    action_id, moment = apply(editor, Wish(tags_added=("x",)), entry).action_id, clock.now()
    monkeypatch.setattr(clock, "_wall_clock", lambda: moment + timedelta(days=3))
    service.sweep({})
    assert db.session.scalar(select(func.count()).select_from(BulkRow)) == 0
    assert undo_action(editor, action_id).count == 1


def test_the_table_by_hand(app, make, sign_in, homes):
    """Pick, ask, look, apply, undo; without script."""
    first, second = make.entry("Eins <b>", tags=("Alt",)), make.entry("Zwei")
    browser = sign_in(make.user(role="editor"))
    page = browser.get("/bulk").get_data(as_text=True)
    assert f'value="{first.id}:1"' in page and "Eins &lt;b&gt;" in page
    answer = browser.post(
        "/bulk/preview?kind=dokument", {"pick": [f"{first.id}:1", f"{second.id}:1"], "tags_added": "Neu"}
    )
    assert answer.status_code == 303
    address = answer.headers["Location"]
    page = browser.get(address).get_data(as_text=True)
    assert "2 Einträge ändern sich." in page and "Neu</ins>" in page
    answer = browser.post(f"{address}/apply", {})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/bulk?kind=dokument")
    page = browser.get("/bulk?kind=dokument").get_data(as_text=True)
    assert "2 Einträge geändert." in page and "Rückgängig machen" in page
    number = db.session.scalar(select(UndoableAction.id))
    browser.post(f"/undo/{number}?next=/bulk", {})
    assert state_of(first).values["tags"] == ["Alt"]
    assert "2 Einträge geändert: Schlagwörter" in browser.get("/undo").get_data(as_text=True)


@pytest.mark.parametrize(
    "sent, told",
    [
        ({}, "was sich ändern soll"),
        ({"tags_added": "Neu"}, "mindestens einen Eintrag"),
        ({"pick": ["1:1"], "collection_how": "move"}, "Bitte wählen Sie die Sammlung."),
        ({"pick": ["1:1"], "to": "1"}, "was mit dieser Sammlung geschehen soll"),
        ({"pick": ["1:1"], "collection_how": "steal"}, "Bitte prüfen Sie"),
        ({"pick": ["x", "1:99999999999", "²:1"], "tags_added": "Neu"}, "mindestens einen Eintrag"),
    ],
)
def test_a_form_that_asks_for_nothing_comes_back(app, make, sign_in, homes, sent, told):
    make.entry()
    browser = sign_in(make.user(role="editor"))
    answer = browser.post("/bulk/preview", sent)
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


def test_odd_filters_do_not_narrow(app, make, sign_in):
    make.entry("Bleibt da")
    browser = sign_in(make.user(role="editor"))
    page = browser.get("/bulk?collection=x&section=99&kind=nichts&organisation=-5&year=3000&page=99")
    assert "Bleibt da" in page.get_data(as_text=True)


def test_the_progress_is_told_to_script_and_page(app, make, sign_in, monkeypatch):
    monkeypatch.setattr(service, "IN_REQUEST", 0)
    entry, person = make.entry("Unterwegs"), make.user(role="editor")
    browser = sign_in(person)
    address = browser.post("/bulk/preview", {"pick": [f"{entry.id}:1"], "tags_added": "Neu"}).headers["Location"]
    assert browser.post(f"{address}/apply", {}).headers["Location"] == address
    page = browser.get(address).get_data(as_text=True)
    assert "<progress" in page and 'http-equiv="refresh"' in page
    assert browser.get(f"{address}/progress").json == {"moves": True, "text": "Gleich geht es los …", "done": 0}
    worker.do_all_due()
    assert browser.get(f"{address}/progress").json["moves"] is False
    assert "1 Eintrag geändert." in browser.get(address).get_data(as_text=True)
    assert sign_in(make.user(role="editor")).get(address).status_code == 404


def test_entries_are_still_entries(app, make, editor):
    """What is in memory is read anew after statements that pass it by."""
    entry = make.entry("Im Speicher")
    loaded = db.session.get(Entry, entry.id)
    apply(editor, Wish(kind="methode"), entry)
    assert (loaded.kind, loaded.version) == ("methode", 2)
