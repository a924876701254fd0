"""The bin: out of everybody's sight, back as it was, or gone for good with everything that belonged to it."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select, update

from hub.audit.models import AuditEvent
from hub.core import storage
from hub.core.clock import now
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.models import (
    Attachment,
    BinnedEntry,
    Bookmark,
    DocumentText,
    Entry,
    EntryBody,
    EntryRevision,
    Kind,
    Status,
)
from hub.entries.queries.binning import find_bin
from hub.entries.service import binning, bookmarks, contributing, files
from hub.entries.service.contributing import EntryDetails
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from tests.entries.builders import PDF

HANDED_IN = [Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.PUBLISHED, Status.WITHDRAWN]


def found(text: str) -> tuple[int, ...]:
    return indexing.search(Wanted(text=text)).ids


@pytest.mark.parametrize("status", HANDED_IN)
def test_the_office_puts_entries_in_and_takes_them_out_as_they_were(make, editor, status):
    entry = make.entry(title="Unterführung", status=status)
    before = (entry.submitted_at, entry.published_at)
    binning.bin_entry(editor, entry.id)
    assert found("Unterführung") == ()
    assert [(row.id, row.status_before, row.days_left) for row in find_bin(editor)] == [(entry.id, status, 29)]
    binning.take_out(editor, entry.id)
    entry = queries.get_entry(editor, entry.id)
    assert entry.status == status and (entry.submitted_at, entry.published_at) == before
    assert found("Unterführung") == ((entry.id,) if status == Status.PUBLISHED else ())
    assert find_bin(editor) == []


def test_members_bin_their_drafts_only(make, member, editor):
    draft = make.entry(status="draft", contributor=member, submitted_at=None)
    binning.bin_entry(member, draft.id)
    assert [row.id for row in find_bin(member)] == [draft.id]
    assert find_bin(editor) == [], "a draft was never meant for the office"
    with pytest.raises(Missing):
        queries.get_entry(editor, draft.id)
    with pytest.raises(Missing):
        binning.take_out(editor, draft.id)
    binning.take_out(member, draft.id)
    assert queries.get_entry(member, draft.id).status == Status.DRAFT
    for status in HANDED_IN:
        with pytest.raises(NotAllowed):
            binning.bin_entry(member, make.entry(status=status, contributor=member).id)


def test_nobody_else_finds_what_lies_in_the_bin(make, member, editor):
    entry = make.entry(contributor=member)
    binning.bin_entry(editor, entry.id)
    for actor in (member, make.actor(make.user(role="coordinator", organisation="Essen"))):
        assert find_bin(actor) == []
        for attempt in (queries.get_entry, binning.take_out):
            with pytest.raises(Missing):
                attempt(actor, entry.id)
        with pytest.raises(NotAllowed):
            binning.delete_for_good(actor, entry.id)


def test_what_is_in_the_bin_is_not_put_in_again(make, editor):
    entry = make.entry()
    binning.bin_entry(editor, entry.id)
    with pytest.raises((NotAllowed, Conflict)):
        binning.bin_entry(editor, entry.id)


@pytest.fixture
def rich(make, editor, member):
    """An entry with files, texts, versions and marks; one of its files is another entry's too."""
    home = make.collection()
    details = EntryDetails(title="Viel dran", kind=Kind.DOKUMENT, collection_ids=[home.id], text="T", tags=["Licht"])
    held = files.hold_upload(editor, BytesIO(PDF), "allein.pdf")
    shared = files.hold_upload(editor, BytesIO(PDF + b"%geteilt\n"), "geteilt.pdf")
    entry = contributing.submit_entry(editor, details, [held.id, shared.id])
    again = files.hold_upload(editor, BytesIO(PDF + b"%geteilt\n"), "geteilt.pdf")
    contributing.submit_entry(editor, details, [again.id])
    bookmarks.add_bookmark(member, entry.id)
    with unit_of_work() as session:
        session.add(EntryBody(entry_id=entry.id, body="Lange Geschichte"))
    return entry, storage.path_of(held.checksum), storage.path_of(shared.checksum)


def age(path):
    import os

    os.utime(path, (0, 0))


def test_deleting_for_good_takes_everything_along_and_leaves_what_others_use(editor, rich):
    entry, alone, shared = rich
    age(alone)
    age(shared)
    binning.bin_entry(editor, entry.id)
    binning.delete_for_good(editor, entry.id)
    for table, column in (
        (Entry, Entry.id), (Attachment, Attachment.entry_id), (EntryBody, EntryBody.entry_id),
        (Bookmark, Bookmark.entry_id), (EntryRevision, EntryRevision.entry_id), (BinnedEntry, BinnedEntry.entry_id),
    ):  # fmt: skip
        assert db.session.scalar(select(func.count()).select_from(table).where(column == entry.id)) == 0, table
    orphans = select(func.count()).select_from(DocumentText).where(
        DocumentText.attachment_id.not_in(select(Attachment.id))
    )
    assert db.session.scalar(orphans) == 0
    assert not alone.exists() and shared.exists()
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "entry.purged"))
    assert (event.actor_id, event.thing_id) == (editor.id, entry.id)


def test_only_what_lies_in_the_bin_is_deleted_for_good(make, editor):
    entry = make.entry()
    with pytest.raises(Missing):
        binning.delete_for_good(editor, entry.id)
    assert queries.get_entry(editor, entry.id)


def test_after_thirty_days_the_bin_empties_itself(make, editor):
    old, young = make.entry(), make.entry()
    for entry in (old, young):
        binning.bin_entry(editor, entry.id)
    with unit_of_work() as session:
        session.execute(
            update(BinnedEntry).where(BinnedEntry.entry_id == old.id).values(deleted_at=now() - timedelta(days=30.1))
        )
    binning.empty_old({})
    assert [row.id for row in find_bin(editor)] == [young.id]
    assert db.session.scalars(select(Entry.id)).all() == [young.id]


def test_the_pages(make, sign_in, member):
    entry = make.entry(title="Fort damit", contributor=member)
    office = sign_in(make.user(role="editor"))
    assert "In den Papierkorb" in office.get(f"/entries/{entry.id}").get_data(as_text=True)
    answer = office.post(f"/entries/{entry.id}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/bin")
    page = office.get("/bin").get_data(as_text=True)
    assert "Fort damit" in page and "noch 29 Tage" in page
    assert f'formaction="/bin/{entry.id}/restore"' in page and "Rückgängig machen" in page
    assert "Im Papierkorb" in office.get(f"/entries/{entry.id}").get_data(as_text=True)
    other = sign_in(make.user())
    assert other.get(f"/entries/{entry.id}").status_code == 404
    assert "Fort damit" not in other.get("/bin").get_data(as_text=True)
    assert other.get(f"/bin/{entry.id}/delete").status_code == 403
    assert "Endgültig löschen?" in office.get(f"/bin/{entry.id}/delete").get_data(as_text=True)
    assert office.post(f"/bin/{entry.id}/delete").status_code == 303
    assert office.get(f"/entries/{entry.id}").status_code == 404
    assert office.get(f"/bin/{entry.id}/delete").status_code == 404


def test_a_draft_goes_and_comes_back_by_its_contributor(make, sign_in):
    person = make.user()
    draft = make.entry(title="Mein Entwurf", status="draft", contributor=person, submitted_at=None)
    browser = sign_in(person)
    assert browser.post(f"/entries/{draft.id}/delete").headers["Location"] == "/account/entries"
    assert f"/bin/{draft.id}/restore" in browser.get("/account/entries").get_data(as_text=True)
    assert "Mein Entwurf" in browser.get("/bin").get_data(as_text=True)
    assert browser.post(f"/bin/{draft.id}/restore").status_code == 303
    assert browser.get(f"/entries/{draft.id}").status_code == 200
