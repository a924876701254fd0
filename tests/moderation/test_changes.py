"""Changes of published entries: the entry stays in sight, the change waits beside it, by the rule for the role."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from hub.core.clock import now
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.desk import queries as desk_queries
from hub.entries import queries
from hub.entries.models import Attachment, EntryRevision, Kind, PendingChange, Status
from hub.entries.queries.pending import find_pending, find_waiting_changes
from hub.entries.service import contributing, files, holding
from hub.entries.service.contributing import EntryDetails
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.moderation import change_service
from hub.moderation import service as moderation
from tests.entries.builders import PDF
from tests.support.counting import counted_statements
from tests.support.making import submitted


def found(text: str) -> tuple[int, ...]:
    return indexing.search(Wanted(text=text)).ids


@pytest.fixture
def owner(make):
    return make.user(organisation="Essen")


@pytest.fixture
def author(make, owner):
    return make.actor(owner)


@pytest.fixture
def details(make):
    home = make.collection()
    return EntryDetails(
        title="Beleuchtung", kind=Kind.DOKUMENT, collection_ids=[home.id], text="Eins zwei drei.", tags=["Licht"]
    )


@pytest.fixture
def entry(author, editor, details):
    """A published entry of a member."""
    made = submitted(author, details)
    return moderation.approve_entry(editor, made.id)


@pytest.fixture
def change(author, entry, details):
    """A waiting change of it."""
    changed = replace(details, title="Zitronenfalter", tags=["Neu"])
    contributing.revise_entry(author, entry, changed, entry.version)
    return db.session.get(PendingChange, entry.id)


def test_the_published_version_stays_until_the_office_agrees(author, editor, entry, change):
    assert found("Beleuchtung") == (entry.id,) and found("Zitronenfalter") == ()
    assert change.changes == {"title": "Zitronenfalter", "tags": ["Neu"]}
    assert db.session.scalar(desk_queries.waiting_count(editor)) == 1
    change_service.approve_change(editor, entry.id, change.version)
    kept = queries.get_entry(author, entry.id)
    assert (kept.title, kept.tags, kept.status) == ("Zitronenfalter", ["Neu"], Status.PUBLISHED)
    assert found("Zitronenfalter") == (entry.id,) and found("Beleuchtung") == ()
    assert db.session.scalar(desk_queries.waiting_count(editor)) == 0
    last = db.session.scalars(select(EntryRevision).order_by(EntryRevision.id.desc())).first()
    assert (last.action, last.fields["title"]) == ("entry.change_approved", "Zitronenfalter")


def test_what_the_office_changed_in_between_stays(editor, author, entry, change, details):
    contributing.revise_entry(editor, entry, replace(details, text="Vier fünf sechs."), entry.version)
    change_service.approve_change(editor, entry.id, change.version)
    kept = queries.get_entry(author, entry.id)
    assert (kept.title, kept.text) == ("Zitronenfalter", "Vier fünf sechs.")


def test_files_come_and_go_with_the_approval_and_are_kept_until_then(author, editor, entry, details):
    first = files.hold_upload(author, BytesIO(PDF), "alt.pdf")
    contributing.revise_entry(editor, entry, details, entry.version)
    with unit_of_work():
        db.session.get(Attachment, first.id).entry_id = entry.id
    added = files.hold_upload(author, BytesIO(PDF + b"%neu\n"), "neu.pdf")
    entry = queries.get_entry(author, entry.id)
    contributing.revise_entry(author, entry, details, entry.version, [added.id], [first.id])
    with unit_of_work():
        db.session.get(Attachment, added.id).created_at = now() - timedelta(days=9)
    files.sweep_held_files()
    assert [file.name for file in queries.get_entry(author, entry.id).files] == ["alt.pdf"]
    [waiting] = find_waiting_changes(editor)
    assert [file["name"] for file in waiting.after["files"]] == ["neu.pdf"]
    change_service.approve_change(editor, entry.id, waiting.version)
    db.session.expire_all()
    assert [file.name for file in queries.get_entry(author, entry.id).files] == ["neu.pdf"]


def test_a_returned_change_comes_back_with_a_note_and_is_sent_again(author, editor, entry, change, details):
    with pytest.raises(Refused):
        change_service.return_change(editor, entry.id, change.version, " ")
    change_service.return_change(editor, entry.id, change.version, "Bitte genauer.")
    assert find_waiting_changes(editor) == []
    assert find_pending(author, entry).note == "Bitte genauer."
    contributing.revise_entry(author, entry, replace(details, title="Genauer"), entry.version)
    [waiting] = find_waiting_changes(editor)
    assert waiting.after["title"] == "Genauer" and waiting.before["title"] == "Beleuchtung"


def test_a_decision_about_an_older_state_is_a_conflict(author, editor, entry, change, details):
    seen = change.version
    contributing.revise_entry(author, entry, replace(details, title="Noch anders"), entry.version)
    with pytest.raises(Conflict):
        change_service.approve_change(editor, entry.id, seen)
    assert queries.get_entry(author, entry.id).title == "Beleuchtung"


def test_only_the_office_decides(make, author, entry, change):
    for actor in (author, make.actor(make.user(role="coordinator", organisation="Essen"))):
        with pytest.raises(NotAllowed):
            change_service.approve_change(actor, entry.id, change.version)
        with pytest.raises(NotAllowed):
            holding.set_rules(actor, [])
    with pytest.raises(Missing):
        holding.drop_change(make.actor(make.user()), entry.id)


def test_the_author_takes_a_change_back(author, editor, entry, change):
    holding.drop_change(author, entry.id)
    assert find_waiting_changes(editor) == []
    assert queries.get_entry(author, entry.id).title == "Beleuchtung"


def test_saving_the_published_text_again_takes_the_change_back(author, editor, entry, change, details):
    contributing.revise_entry(author, entry, details, entry.version)
    assert find_waiting_changes(editor) == []


def test_the_office_decides_per_role_whether_changes_wait(make, author, editor, entry, details):
    holding.set_rules(editor, [Role.COORDINATOR])
    contributing.revise_entry(author, entry, replace(details, title="Sofort"), entry.version)
    assert found("Sofort") == (entry.id,)
    assert db.session.get(PendingChange, entry.id) is None
    coordinator = make.actor(make.user(role="coordinator", organisation="Essen"))
    own = make.entry(title="Anders", contributor=coordinator)
    contributing.revise_entry(coordinator, own, replace(details, title="Später"), own.version)
    assert found("Später") == ()


def test_a_change_of_an_archived_entry_does_not_wait_in_the_queue(author, editor, entry, change):
    contributing.withdraw_entry(editor, entry, "Veraltet.")
    assert find_waiting_changes(editor) == []
    with pytest.raises(Conflict):
        change_service.approve_change(editor, entry.id, change.version)


def test_t30_the_words_of_a_waiting_change_are_for_author_and_office_only(make, sign_in, author, entry, details):
    contributing.revise_entry(author, entry, replace(details, title="Zitronenfalter Distelglut"), entry.version)
    paths = ["/", "/search?q=Zitronenfalter", f"/entries/{entry.id}", f"/entries/{entry.id}/history", "/bin"]
    paths += [f"/entries/{entry.id}/edit", "/collections/bahnhofsviertel?view=list", "/moderation/changes"]
    paths += ["/account/entries", "/search/suggest?q=Zitronen", "/moderation", "/moderation/changes/rules"]
    for role, place in (("member", "Essen"), ("coordinator", "Essen"), ("member", "Augsburg")):
        other = sign_in(make.user(role=role, organisation=place))
        for path in paths:
            assert "Distelglut" not in other.get(path).get_data(as_text=True), (role, path)
    assert "Distelglut" in sign_in(make.user(role="editor")).get("/moderation/changes").get_data(as_text=True)


def test_the_pages_for_author_and_office(make, sign_in, owner, entry, details):
    browser = sign_in(owner)
    assert "prüft Ihre Änderung" in browser.get(f"/entries/{entry.id}/edit").get_data(as_text=True)
    fields = {
        "title": "Zitronenfalter", "text": "Eins zwei vier.", "collections": "bahnhofsviertel", "kind": "dokument",
        "tags": "Licht", "version": entry.version,
    }  # fmt: skip
    assert browser.post(f"/entries/{entry.id}/edit", fields).status_code == 303
    page = browser.get(f"/entries/{entry.id}").get_data(as_text=True)
    assert "Ihre Änderung ist eingereicht" in page and "Eine Änderung wartet auf Freigabe" in page
    assert "Eins zwei drei." in page
    assert "Ihre Änderung wartet auf Freigabe" in browser.get("/account/entries").get_data(as_text=True)
    form = browser.get(f"/entries/{entry.id}/edit").get_data(as_text=True)
    assert 'value="Zitronenfalter"' in form and "Eins zwei vier." in form

    office = sign_in(make.user(role="editor"))
    assert "/moderation/changes" in office.get("/moderation").get_data(as_text=True)
    queue = office.get("/moderation/changes").get_data(as_text=True)
    assert "[entfernt: </span>drei" in queue and "[neu: </span>vier" in queue
    version = db.session.get(PendingChange, entry.id).version
    path = f"/moderation/changes/{entry.id}"
    assert office.post(f"{path}/return", {"version": version, "note": ""}).status_code == 422
    assert office.post(f"{path}/return", {"version": version, "note": "Wozu?"}).status_code == 303
    for page in (f"/entries/{entry.id}/edit", f"/entries/{entry.id}", "/account/entries"):
        assert "Wozu?" in browser.get(page).get_data(as_text=True), page
    assert browser.post(f"/entries/{entry.id}/edit", fields).status_code == 303
    version = db.session.get(PendingChange, entry.id, populate_existing=True).version
    assert office.post(f"{path}/approve", {"version": version}).status_code == 303
    assert "Eins zwei vier." in browser.get(f"/entries/{entry.id}").get_data(as_text=True)


def test_an_approval_is_taken_back_and_the_change_waits_again(author, editor, entry, details):
    first = files.hold_upload(author, BytesIO(PDF), "alt.pdf")
    contributing.revise_entry(editor, entry, details, entry.version, [])
    held = files.hold_upload(editor, BytesIO(PDF + b"\n"), "bleibt.pdf")
    contributing.revise_entry(editor, entry, details, entry.version, [held.id])
    changed = replace(details, title="Zitronenfalter", tags=["Neu"], kind=Kind.METHODE)
    contributing.revise_entry(author, entry, changed, entry.version, [first.id], [held.id])
    before = find_waiting_changes(editor)
    change_service.approve_change(editor, entry.id, db.session.get(PendingChange, entry.id).version)
    assert found("Zitronenfalter") == (entry.id,)
    change_service.undo_approval(editor, entry.id)
    assert found("Zitronenfalter") == () and found("Beleuchtung") == (entry.id,)
    kept = queries.get_entry(author, entry.id)
    assert ([file.name for file in kept.files], kept.kind, kept.tags) == (["bleibt.pdf"], "dokument", ["Licht"])
    [waiting] = find_waiting_changes(editor)
    assert (waiting.before, waiting.after) == (before[0].before, before[0].after)
    assert (waiting.author, waiting.sent_at) == (before[0].author, before[0].sent_at)
    change_service.approve_change(editor, entry.id, waiting.version)
    again = queries.get_entry(author, entry.id)
    assert ([file.name for file in again.files], again.title) == (["alt.pdf"], "Zitronenfalter")
    last = db.session.scalars(select(EntryRevision).order_by(EntryRevision.id.desc()).limit(2)).all()
    assert [one.action for one in last] == ["entry.change_approved", "entry.change_undone"]


def test_an_approval_is_not_taken_back_over_a_later_change(author, editor, entry, change, details):
    change_service.approve_change(editor, entry.id, change.version)
    contributing.revise_entry(editor, entry, replace(details, title="Später"), entry.version)
    with pytest.raises(Conflict):
        change_service.undo_approval(editor, entry.id)
    assert queries.get_entry(author, entry.id).title == "Später"


def test_an_approval_is_taken_back_once_and_by_the_office_only(author, editor, entry, change):
    with pytest.raises(Conflict):
        change_service.undo_approval(editor, entry.id)
    change_service.approve_change(editor, entry.id, change.version)
    with pytest.raises(NotAllowed):
        change_service.undo_approval(author, entry.id)
    change_service.undo_approval(editor, entry.id)
    with pytest.raises(Conflict):
        change_service.undo_approval(editor, entry.id)


def test_the_page_that_follows_an_approval_offers_to_take_it_back(make, sign_in, entry, change):
    office = sign_in(make.user(role="editor"))
    path = f"/moderation/changes/{entry.id}"
    page = office.post(f"{path}/approve", {"version": change.version}, follow_redirects=True).text
    assert "„Zitronenfalter“ ist freigegeben" in page and f"{path}/undo" in page
    assert f"{path}/undo" not in office.get("/moderation/changes").text
    assert "wartet wieder" in office.post(f"{path}/undo", follow_redirects=True).text


def test_the_page_of_the_rules(make, sign_in, author, editor):
    office = sign_in(make.user(role="editor"))
    assert office.get("/moderation/changes/rules").status_code == 200
    assert office.post("/moderation/changes/rules", {"member": "at_once", "coordinator": "waits"}).status_code == 303
    assert not holding.must_wait(author)
    office.post("/moderation/changes/rules", {})
    assert holding.must_wait(author), "what is not said waits"


def test_the_queue_and_the_forms_need_few_statements(make, sign_in, owner, author, entry, change, details):
    office, browser = sign_in(make.user(role="admin")), sign_in(owner)

    def count(person, path) -> int:
        person.get(path)
        with counted_statements() as sent:
            assert person.get(path).status_code == 200
        return len(sent)

    few = count(office, "/moderation/changes")
    for number in range(5):
        other = make.entry(title=f"Eintrag {number}", contributor=author)
        contributing.revise_entry(author, other, replace(details, title=f"Neu {number}"), other.version)
    assert count(office, "/moderation/changes") == few <= 12
    assert count(browser, f"/entries/{entry.id}/edit") <= 12
    assert count(browser, f"/entries/{entry.id}") <= 12
    assert count(office, f"/entries/{entry.id}") <= 12
