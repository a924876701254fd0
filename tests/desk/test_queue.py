"""The office's desk: one queue of all that waits, and what is decided there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.collections.models import Collection
from hub.core import clock
from hub.core.db import db
from hub.core.errors import Missing, NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.desk import queries, service
from hub.desk.choosing import row_of, value_of
from hub.desk.service import Choice
from hub.entries import queries as entries
from hub.entries.models import Entry
from hub.entries.service.contributing import revise_entry
from hub.jobs import worker
from hub.moderation import placing, proposals, report_service
from hub.undoing.models import UndoableRow
from hub.undoing.service import undo_action
from tests.support.counting import counted_statements


def status_of(number: int) -> str:
    return db.session.scalar(select(Entry.status).where(Entry.id == number))


@pytest.fixture
def office(make, sign_in):
    """A signed-in editor."""
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


@pytest.fixture
def waiting(make):
    """Two submissions of a member, one of them without a collection."""
    user = make.user()
    return [
        make.entry(title="Beleuchtung im Park", status="submitted", contributor=user),
        make.entry(title="Parkbänke neu gedacht", status="submitted", contributor=user, collections=()),
    ]


def row(entry: Entry, deeds: str = "approve.return!.reject!") -> str:
    return f"submission:{entry.id}:{entry.version}:{deeds}"


def test_queue_shows_each_finding_with_its_deeds(make, office, waiting, member):
    entry = make.entry(title="Alte Broschüre", contributor=member)
    report_service.report_problem(member, entry.id, "outdated", "")
    whole = entries.get_entry(member, entry.id)
    revise_entry(member, whole, proposals.details_with(whole, {"publisher": "Amt"}), whole.version)
    page = office.get("/desk").text
    for text in (
        "Beleuchtung im Park",
        "Stadt Essen",
        "Sammlung bahnhofsviertel",
        "Sammlung fehlt",
        "keine Auffälligkeit",
        "Alte Broschüre",
        "Der Inhalt ist veraltet",
        "Änderung wartet",
        "Freigeben",
        "Ablehnen",
        "Erledigt",
    ):
        assert text in page, text
    assert "Alte Broschüre" not in office.get("/desk?source=submission").text


def test_menu_counts_all_that_waits(office, waiting, make, member):
    report_service.report_problem(member, make.entry().id, "broken", "")
    assert 'href="/desk" aria-current="page">Pult <span class="count">3</span>' in office.get("/desk").text
    assert 'href="/desk">Pult <span class="count">3</span>' in office.get("/").text


def test_members_have_no_desk(member, make, sign_in):
    with pytest.raises(NotAllowed):
        queries.count_by_source(member)
    with pytest.raises(NotAllowed):
        service.settle(member, [Choice("submission", 1, 1, "approve")])
    assert sign_in(make.user()).get("/desk").status_code == 403


def test_chosen_rows_are_approved_together(office, waiting):
    page = office.post("/desk/settle", {"row": [row(e) for e in waiting], "hand": "proposed"}, follow_redirects=True)
    assert "2 Einträge sind freigegeben." in page.text
    assert "Der Eingang ist leer. Gut gemacht." in page.text
    assert [status_of(e.id) for e in waiting] == ["published", "published"]


def test_many_rows_are_settled_by_a_worker_and_the_page_tells_how_far(office, waiting, monkeypatch):
    monkeypatch.setattr("hub.desk.views.IN_REQUEST", 1)
    form = {"row": [row(e) for e in waiting], "hand": "proposed", "source": "submission"}
    page = office.post("/desk/settle", form).headers["Location"]
    assert "Eingang" in office.get(page).text and status_of(waiting[0].id) == "submitted"
    worker.do_all_due()
    done = office.get(page).text
    assert "2 Einträge sind freigegeben." in done and 'href="/desk?source=submission"' in done
    assert [status_of(e.id) for e in waiting] == ["published", "published"]
    undo = done.partition('formaction="/undo/')[2].partition('"')[0]
    office.post(f"/undo/{undo}", {})
    assert status_of(waiting[0].id) == "submitted"


def test_many_are_not_refused_without_a_reason(office, waiting, monkeypatch):
    monkeypatch.setattr("hub.desk.views.IN_REQUEST", 1)
    form = {"row": [row(e) for e in waiting], "hand": "refuse", "text": " "}
    page = office.post("/desk/settle", form)
    assert page.status_code == 422 and "Bitte schreiben Sie etwas." in page.text


def test_refusing_asks_for_the_reason_first(office, waiting):
    form = {"row": row(waiting[0]), "hand": "refuse"}
    asked = office.post("/desk/settle", form)
    assert (asked.status_code, status_of(waiting[0].id)) == (200, "submitted")
    assert "Was ist der Grund?" in asked.text and "Beleuchtung im Park" in asked.text
    refused = office.post("/desk/settle", form | {"text": " "})
    assert refused.status_code == 422 and "nennen Sie den Grund" in refused.text
    assert office.post("/desk/settle", form | {"text": "Passt nicht."}).status_code == 303
    assert status_of(waiting[0].id) == "rejected"


def test_what_another_editor_settled_is_named_and_the_rest_goes_through(office, waiting, make):
    other = make.actor(make.user(role="editor", name="Andere Redaktion"))
    rows = [row(e) for e in waiting]
    service.settle(other, [Choice("submission", waiting[0].id, 1, "approve")])
    page = office.post("/desk/settle", {"row": rows, "hand": "proposed"}, follow_redirects=True).text
    assert "Ein Eintrag ist freigegeben." in page
    assert "„Beleuchtung im Park“ (Freigegeben, Andere Redaktion)" in page


def test_a_row_survives_the_form(app, editor, waiting):
    with app.test_request_context():
        [finding, _other] = queries.find_queues(editor, queries.count_by_source(editor))[0].findings
    parsed = row_of(value_of(finding))
    assert parsed.choice("proposed") == Choice("submission", waiting[0].id, 1, "approve")
    assert parsed.choice("refuse") == Choice("submission", waiting[0].id, 1, "reject")


@pytest.mark.parametrize(
    "value", ["", "x", "submission:1:1", "submission:-1:1:a", "submission:9999999999:1:a", "nowhere:1:1:approve"]
)
def test_odd_rows_change_nothing(office, waiting, value):
    assert office.post("/desk/settle", {"row": value, "hand": "proposed"}).status_code in (404, 422)


def test_statements_do_not_grow_with_rows(make, office, waiting):
    def measure() -> int:
        with counted_statements() as statements:
            office.get("/desk")
        return len(statements)

    measure()
    few = measure()
    for number in range(8):
        make.entry(title=f"Wartend {number}", status="submitted")
    assert measure() == few <= 12


def test_findings_are_assigned_and_filtered(office, waiting, make, editor):
    colleague = make.user(role="editor", name="Kollegin Beispiel")
    page = office.post("/desk/assign", {"row": row(waiting[0]), "assignee": colleague.id}, follow_redirects=True).text
    assert "zugewiesen: Kollegin Beispiel" in page
    nobodys = office.get("/desk?assigned=none").text
    assert "Parkbänke neu gedacht" in nobodys and "Beleuchtung im Park" not in nobodys
    assert "Davon ist nichts offen." in office.get("/desk?assigned=me").text
    office.post("/desk/assign", {"row": row(waiting[0]), "assignee": "0"})
    assert "zugewiesen:" not in office.get("/desk").text


def test_nobody_outside_the_office_is_assigned(editor, waiting, member):
    with pytest.raises(Missing):
        service.assign(editor, [("submission", waiting[0].id)], member.id)


def test_settling_ends_the_assignment(editor, waiting):
    service.assign(editor, [("submission", waiting[0].id)], editor.id)
    service.settle(editor, [Choice("submission", waiting[0].id, 1, "approve")])
    assert queries.find_office(editor).assigned == {}


def test_submissions_change_their_collection_and_back(office, editor, waiting, make):
    new = make.collection("konflikt")
    form = {"row": [row(e) for e in waiting]}
    assert "Sammlung konflikt" in office.post("/desk/place", form).text
    assert office.post("/desk/place", form | {"collection": "x"}).status_code == 422
    page = office.post("/desk/place", form | {"collection": new.id}, follow_redirects=True).text
    assert "2 Einträge haben jetzt eine andere Sammlung." in page

    def places() -> list[list[str]]:
        return [[p.collection.slug for p in entries.get_entry(editor, e.id).places] for e in waiting]

    assert places() == [["konflikt"], ["konflikt"]]
    office.post("/undo/1")
    assert places() == [["bahnhofsviertel"], []]


def test_many_submissions_change_their_collection_by_a_worker(office, editor, waiting, make, monkeypatch):
    monkeypatch.setattr("hub.desk.views.IN_REQUEST", 1)
    new = make.collection("konflikt")
    form = {"row": [row(e) for e in waiting], "collection": new.id, "source": "submission"}
    page = office.post("/desk/place", form).headers["Location"]
    assert [p.collection.slug for p in entries.get_entry(editor, waiting[0].id).places] == ["bahnhofsviertel"]
    worker.do_all_due()
    assert "2 Einträge haben jetzt eine andere Sammlung." in office.get(page).text
    assert [p.collection.slug for p in entries.get_entry(editor, waiting[1].id).places] == ["konflikt"]
    office.post("/undo/1")
    assert entries.get_entry(editor, waiting[1].id).places == []


def test_moving_many_tells_how_far_it_has_read_and_needs_no_statement_for_each(editor, make, monkeypatch):
    old, new = make.collection("bahnhofsviertel"), make.collection("konflikt")

    def measure(count: int) -> tuple[int, int]:
        kept = [make.entry(status="submitted", collections=("bahnhofsviertel",)) for _number in range(count)]
        chosen = {one.id: one.version for one in kept}
        with counted_statements() as moving:
            settled = placing.move_entries(editor, new.id, chosen)
        with counted_statements() as undoing:
            assert undo_action(editor, settled.undo_id).count == count == settled.count
        assert [p.collection_id for p in entries.get_entry(editor, kept[0].id).places] == [old.id]
        return len(moving), len(undoing)

    measure(1)
    assert measure(2) == measure(6)
    monkeypatch.setattr("hub.entries.queries.many.AT_ONCE", 2)
    told: list[int] = []
    chosen = {one.id: one.version for one in [make.entry(status="submitted") for _number in range(3)]}
    service.read_place({"collection": new.id, "chosen": list(chosen.items())}, told.append)
    assert told == [2, 3]


def test_moving_within_the_same_collection_leaves_the_place_and_what_has_moved_on(editor, make):
    new = make.collection("konflikt")
    there, late = make.entry(status="submitted", collections=("konflikt",)), make.entry(status="submitted")
    chosen = {there.id: there.version, late.id: late.version + 1}
    settled = placing.move_entries(editor, new.id, chosen)
    assert (settled.count, settled.undo_id) == (1, None)
    assert len(settled.conflicts) == 1


def test_moves_remembered_before_can_still_be_taken_back(editor, make, waiting):
    new = make.collection("konflikt")
    settled = placing.move_entries(editor, new.id, {waiting[0].id: waiting[0].version})
    with unit_of_work() as session:
        old = session.scalar(select(Collection.id).where(Collection.slug == "bahnhofsviertel"))
        session.get(UndoableRow, (settled.undo_id, waiting[0].id)).before = {"places": [[old, None, 0]]}
    undo_action(editor, settled.undo_id)
    assert [p.collection.slug for p in entries.get_entry(editor, waiting[0].id).places] == ["bahnhofsviertel"]


def test_keys_can_be_switched_off(office):
    assert 'data-keys="off"' not in office.get("/desk").text
    assert office.post("/account/keys", {"keys": "off", "next": "/desk"}).headers["Location"] == "/desk"
    page = office.get("/desk").text
    assert 'data-keys="off"' in page and "Tasten einschalten" in page
    office.post("/account/keys", {"keys": "on"})
    assert 'data-keys="off"' not in office.get("/desk").text


def test_all_that_waits_is_chosen_with_one_box_but_not_what_came_later(office, waiting, make):
    before = clock.now().isoformat()
    late = make.entry(status="submitted", at=clock.now() + timedelta(seconds=5))
    office.post("/desk/settle", {"source": "submission", "every": "1", "until": before, "hand": "proposed"})
    assert [status_of(e.id) for e in (*waiting, late)] == ["published", "published", "submitted"]
