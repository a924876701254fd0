"""The office's desk: one queue of all that waits, and what is decided there."""

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotAllowed
from hub.desk import queries, service
from hub.desk.choosing import row_of, value_of
from hub.desk.service import Choice
from hub.entries.models import Entry
from hub.moderation import report_service
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
    entry = make.entry(title="Alte Broschüre")
    report_service.report_problem(member, entry.id, "outdated", "")
    page = office.get("/desk").text
    for text in (
        "Beleuchtung im Park",
        "Stadt Essen",
        "Sammlung bahnhofsviertel",
        "Sammlung fehlt",
        "keine Auffälligkeit",
        "Alte Broschüre",
        "Der Inhalt ist veraltet",
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
