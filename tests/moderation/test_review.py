"""The office decides about what members hand in."""

import pytest

from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.desk.queries import waiting_count
from hub.entries import queries
from hub.entries.models import Entry, Status
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.moderation import service
from tests.entries.test_pages import MOST_QUERIES
from tests.support.counting import counted_statements


def status_of(entry: Entry) -> Status:
    """Where the entry stands now."""
    return Status(db.session.get(Entry, entry.id).status)


def found(text: str) -> tuple[int, ...]:
    """What the search finds."""
    return indexing.search(Wanted(text=text)).ids


@pytest.fixture
def waiting(make):
    """A submitted entry of a member of Essen."""
    user = make.user(name="Beitragende Person")
    return make.entry(title="Beleuchtungskonzept", status="submitted", contributor=user, published_at=None)


@pytest.fixture
def office(make, sign_in):
    """A signed-in editor."""
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


def test_approved_entry_is_found(editor, waiting):
    service.approve_entry(editor, waiting.id)
    assert found("Beleuchtungskonzept") == (waiting.id,)
    assert queries.get_entry(editor, waiting.id).published_at is not None


def test_undone_approval_takes_the_entry_out_again_and_keeps_its_place(editor, waiting):
    since = waiting.submitted_at
    service.approve_entry(editor, waiting.id)
    service.undo_decision(editor, waiting.id)
    entry = queries.get_entry(editor, waiting.id)
    assert found("Beleuchtungskonzept") == ()
    assert (entry.status, entry.published_at, entry.submitted_at) == (Status.SUBMITTED, None, since)


def test_returned_entry_carries_its_note(editor, waiting):
    service.return_entry(editor, waiting.id, "Bitte ein Jahr ergänzen.")
    entry = queries.get_entry(editor, waiting.id)
    assert (entry.status, entry.status_note) == (Status.RETURNED, "Bitte ein Jahr ergänzen.")


@pytest.mark.parametrize("decide", [service.return_entry, service.reject_entry])
@pytest.mark.parametrize("note", ["", "  ", "\u200b"])
def test_returning_and_rejecting_need_words(editor, waiting, decide, note):
    with pytest.raises(Refused):
        decide(editor, waiting.id, note)
    assert status_of(waiting) == Status.SUBMITTED


def test_second_decision_is_a_conflict(editor, admin, waiting):
    service.approve_entry(editor, waiting.id)
    with pytest.raises(Conflict):
        service.reject_entry(admin, waiting.id, "Passt nicht.")
    assert status_of(waiting) == Status.PUBLISHED


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_members_decide_nothing(make, waiting, role):
    actor = make.actor(make.user(role=role, organisation="Essen"))
    for decide in (
        lambda: service.approve_entry(actor, waiting.id),
        lambda: service.return_entry(actor, waiting.id, "Note"),
        lambda: service.reject_entry(actor, waiting.id, "Grund"),
        lambda: service.undo_decision(actor, waiting.id),
    ):
        with pytest.raises(NotAllowed):
            decide()
    assert status_of(waiting) == Status.SUBMITTED


def test_drafts_are_none_of_the_offices_business(make, editor):
    draft = make.entry(status="draft", contributor=make.user())
    with pytest.raises(Missing):
        service.approve_entry(editor, draft.id)


def test_queue_shows_what_a_decision_needs_oldest_first(make, office, waiting):
    make.entry(title="Dieselbe Adresse", url="https://example.org/a")
    make.entry(
        title="Jüngerer Eintrag",
        status="submitted",
        url="https://example.org/a",
        summary="Kurz gesagt.",
        note="Lohnt sich.",
    )
    page = office.get("/moderation").text
    assert page.index("Beleuchtungskonzept") < page.index("Jüngerer Eintrag")
    for text in (
        "Beitragende Person",
        "Stadt Essen",
        "Kurz gesagt.",
        "Lohnt sich.",
        "Adresse schon vorhanden",
        "eingereicht heute",
    ):
        assert text in page, text


def test_approving_from_the_queue_offers_to_undo(office, waiting):
    page = office.post(f"/moderation/entries/{waiting.id}/approve", follow_redirects=True).text
    assert "„Beleuchtungskonzept“ ist freigegeben." in page
    assert "Rückgängig machen" in page
    assert "Der Eingang ist leer. Gut gemacht." in page
    assert f"/moderation/entries/{waiting.id}/undo" not in office.get("/moderation").text
    undone = office.post(f"/moderation/entries/{waiting.id}/undo", follow_redirects=True).text
    assert "ist wieder im Eingang" in undone
    assert status_of(waiting) == Status.SUBMITTED


@pytest.mark.parametrize(("path", "status"), [("return", Status.RETURNED), ("reject", Status.REJECTED)])
def test_note_reaches_the_contributor(make, sign_in, office, path, status):
    user = make.user()
    entry = make.entry(title="Mein Beitrag", status="submitted", contributor=user)
    office.post(f"/moderation/entries/{entry.id}/{path}", {"note": "Bitte <b>Jahr</b> ergänzen."})
    assert status_of(entry) == status
    person = sign_in(user)
    for page in ("/account/entries", f"/entries/{entry.id}", f"/entries/{entry.id}/edit"):
        assert "Bitte &lt;b&gt;Jahr&lt;/b&gt; ergänzen." in person.get(page).text, page
    person.post(
        f"/entries/{entry.id}/edit",
        {"title": "Mein Beitrag", "collections": "bahnhofsviertel", "text": "T", "version": 2},
    )
    assert status_of(entry) == Status.SUBMITTED


def test_missing_note_is_said_at_the_field(office, waiting):
    for path, words in (("return", "was noch fehlt"), ("reject", "nennen Sie den Grund")):
        response = office.post(f"/moderation/entries/{waiting.id}/{path}", {"note": " "})
        assert response.status_code == 422
        assert words in response.text
        assert f'id="nachricht-{waiting.id}-fehler"' in response.text
    too_long = office.post(f"/moderation/entries/{waiting.id}/return", {"note": "Anfang " + "x" * 2000})
    assert too_long.status_code == 422
    assert "Anfang xxx" in too_long.text
    assert status_of(waiting) == Status.SUBMITTED


def test_second_editor_gets_words_instead_of_a_second_decision(make, sign_in, office, waiting):
    other = sign_in(make.user(role="admin"))
    office.post(f"/moderation/entries/{waiting.id}/approve")
    for path, data in (("approve", {}), ("return", {"note": "Fehlt was."}), ("reject", {"note": "Nein."})):
        response = other.post(f"/moderation/entries/{waiting.id}/{path}", data)
        assert response.status_code == 409
        assert "hat inzwischen schon jemand entschieden" in response.text
    assert status_of(waiting) == Status.PUBLISHED


@pytest.mark.parametrize("status", ["returned", "rejected", "withdrawn"])
def test_other_lists_show_what_was_decided(make, office, status):
    make.entry(title="Entschiedenes", status=status, status_note="Darum.")
    page = office.get(f"/moderation?status={status}").text
    assert "Entschiedenes" in page
    assert "Darum." in page
    assert "Entschiedenes" not in office.get("/moderation").text


@pytest.mark.parametrize("status", ["draft", "published", "deleted", "quatsch", "%00"])
def test_odd_lists_are_the_inbox(make, office, status):
    make.entry(title="Versteckt", status="draft", contributor=make.user())
    page = office.get(f"/moderation?status={status}")
    assert page.status_code == 200
    assert "Versteckt" not in page.text
    assert "Der Eingang ist leer. Gut gemacht." in page.text


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_members_find_no_queue(make, sign_in, waiting, role):
    person = sign_in(make.user(role=role, organisation="Essen"))
    assert person.get("/moderation").status_code == 403
    assert person.post(f"/moderation/entries/{waiting.id}/approve").status_code == 403
    assert "/moderation" not in person.get("/bookmarks").text


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "abc"])
def test_deciding_about_nothing_is_not_found(office, number):
    for path in ("approve", "return", "reject", "undo"):
        assert office.post(f"/moderation/entries/{number}/{path}", {"note": "Text"}).status_code == 404


def test_menu_counts_what_waits(make, editor, office, waiting):
    assert db.session.scalar(waiting_count(editor)) == 1
    make.entry(status="returned")
    assert db.session.scalar(waiting_count(editor)) == 1


def test_queue_asks_the_database_as_often_for_many_rows(make, office):
    def queries_needed() -> int:
        office.get("/moderation")
        with counted_statements() as seen:
            office.get("/moderation")
        return len(seen)

    make.entry(status="submitted", url="https://example.org/a", contributor=make.user())
    few = queries_needed()
    for _ in range(8):
        make.entry(status="submitted", url="https://example.org/a", contributor=make.user(), tags=("A", "B"))
    assert queries_needed() == few
    assert few <= MOST_QUERIES
