"""Versions of entries: who changed what when, written with the change, seen by those concerned, and set back."""

from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import select

from hub.core.clock import now
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.models import Attachment, EntryRevision, Kind, RemovedFile, Status
from hub.entries.queries.revisions import find_revisions
from hub.entries.service import contributing, files, importing, revisions
from hub.entries.service.contributing import EntryDetails
from tests.entries.builders import PDF
from tests.support.making import submitted


@pytest.fixture
def details(make):
    home = make.collection()
    return EntryDetails(
        title="Beleuchtung", kind=Kind.DOKUMENT, collection_ids=[home.id], text="Eins zwei drei.", tags=["Licht"]
    )


def kept(entry) -> list[EntryRevision]:
    rows = select(EntryRevision).where(EntryRevision.entry_id == entry.id).order_by(EntryRevision.number)
    return list(db.session.scalars(rows))


def test_each_change_leaves_a_version_with_who_and_what(editor, details):
    entry = submitted(editor, details)
    contributing.revise_entry(editor, entry, replace(details, title="Licht"), entry.version)
    contributing.withdraw_entry(editor, entry, "Veraltet.")
    rows = kept(entry)
    assert [row.action for row in rows] == ["entry.submitted", "entry.revised", "entry.withdrawn"]
    assert [row.fields["title"] for row in rows] == ["Beleuchtung", "Licht", "Licht"]
    assert {row.actor_id for row in rows} == {editor.id}
    assert [row.number for row in rows] == [1, 2, 3]


def test_tags_collections_sections_and_files_are_in_the_version(editor, details):
    entry = submitted(editor, replace(details, section="Zum Einstieg"))
    [row] = kept(entry)
    assert row.fields["tags"] == ["Licht"]
    assert row.fields["collections"][0]["section"] == "Zum Einstieg"
    held = files.hold_upload(editor, BytesIO(PDF), "plan.pdf")
    contributing.revise_entry(editor, entry, details, entry.version, [held.id])
    assert kept(entry)[-1].fields["files"] == [{"name": "plan.pdf", "checksum": held.checksum}]


def test_saving_without_a_change_leaves_no_version(editor, details):
    entry = submitted(editor, details)
    contributing.revise_entry(editor, entry, details, entry.version)
    assert len(kept(entry)) == 1


def test_an_imported_entry_gets_its_first_version_with_its_first_change(make, editor, details):
    entry = make.entry(title="Früher", tags=("Alt",))
    assert kept(entry) == []
    contributing.revise_entry(editor, entry, details, entry.version)
    first, second = kept(entry)
    assert (first.fields["title"], first.fields["tags"], first.action) == ("Früher", ["Alt"], "entry.taken_in")
    assert (second.fields["title"], second.fields["tags"]) == ("Beleuchtung", ["Licht"])


def test_an_import_writes_no_versions_and_an_update_by_import_does(make):
    make.collection()
    line = '{"id": "a", "title": "%s", "kind": "dokument", "collection": "bahnhofsviertel", "text": "T"}'
    importing.import_entries([line % "Eins"], create_missing=True)
    assert db.session.scalar(select(EntryRevision.id)) is None
    importing.import_entries([line % "Eins"], create_missing=True)
    assert db.session.scalar(select(EntryRevision.id)) is None
    importing.import_entries([line % "Zwei"], create_missing=True)
    titles = [row.fields["title"] for row in db.session.scalars(select(EntryRevision).order_by(EntryRevision.number))]
    assert titles == ["Eins", "Zwei"]


def test_a_change_of_the_files_alone_makes_a_new_version(make, editor):
    entry = make.entry()
    file = {"name": "a.pdf", "media_type": "application/pdf", "extension": "pdf", "size": 1, "checksum": "a" * 64}
    with unit_of_work() as session:
        session.add(Attachment(entry_id=entry.id, **file))
    assert [[file["name"] for file in row.fields["files"]] for row in kept(entry)] == [[], ["a.pdf"]]


def test_a_unit_that_fails_leaves_no_version(editor, details, make):
    entry = make.entry()
    with pytest.raises(RuntimeError), unit_of_work():
        queries.get_entry(editor, entry.id).title = "Nie"
        db.session.flush()
        raise RuntimeError
    assert kept(entry) == []
    with unit_of_work():
        pass
    assert kept(entry) == []


def test_setting_back_makes_a_new_version_with_the_old_words(editor, details):
    entry = submitted(editor, details)
    changed = replace(details, title="Licht", text="Anders.", tags=["Neu"], kind=Kind.METHODE)
    contributing.revise_entry(editor, entry, changed, entry.version)
    assert revisions.set_back(editor, entry.id, 1, entry.version) == []
    entry = queries.get_entry(editor, entry.id)
    assert (entry.title, entry.text, entry.tags) == ("Beleuchtung", "Eins zwei drei.", ["Licht"])
    assert entry.kind == Kind.DOKUMENT
    assert kept(entry)[-1].action == "entry.set_back"
    assert entry.status == Status.PUBLISHED


def test_setting_back_brings_a_removed_file_back(editor, details):
    held = files.hold_upload(editor, BytesIO(PDF), "plan.pdf")
    entry = submitted(editor, details, [held.id])
    contributing.revise_entry(editor, entry, details, entry.version, removed_file_ids=[held.id])
    assert queries.get_entry(editor, entry.id).files == []
    files.sweep_held_files()
    assert revisions.set_back(editor, entry.id, 1, entry.version) == []
    [file] = queries.get_entry(editor, entry.id).files
    assert (file.name, file.checksum) == ("plan.pdf", held.checksum)
    assert db.session.scalar(select(RemovedFile.id)) is None


def test_a_file_that_is_gone_for_good_is_named(editor, details):
    held = files.hold_upload(editor, BytesIO(PDF), "plan.pdf")
    entry = submitted(editor, details, [held.id])
    contributing.revise_entry(editor, entry, details, entry.version, removed_file_ids=[held.id])
    with unit_of_work() as session:
        for row in session.scalars(select(RemovedFile)):
            row.removed_at = now() - revisions.FILES_KEPT_FOR * 2
    revisions.sweep_removed_files({})
    assert revisions.set_back(editor, entry.id, 1, entry.version) == ["plan.pdf"]


def test_setting_back_something_changed_meanwhile_is_a_conflict(editor, admin, details):
    entry = submitted(editor, details)
    seen = entry.version
    contributing.revise_entry(admin, entry, replace(details, title="Andere"), seen)
    with pytest.raises(Conflict):
        revisions.set_back(editor, entry.id, 1, seen)


def test_only_those_concerned_see_versions(make, member, editor, details):
    entry = submitted(member, details)
    contributing.revise_entry(editor, entry, details, entry.version)
    with unit_of_work():
        entry = queries.get_entry(editor, entry.id)
        entry.move_to(Status.PUBLISHED, now())
    own = make.actor(make.user(role="coordinator", organisation="Essen"))
    for actor in (member, editor, own):
        assert find_revisions(actor, queries.get_entry(actor, entry.id), 0, 9)
    for role, place in (("member", "Essen"), ("coordinator", "Augsburg")):
        other = make.actor(make.user(role=role, organisation=place))
        with pytest.raises(NotAllowed):
            find_revisions(other, queries.get_entry(other, entry.id), 0, 9)
    with pytest.raises(NotAllowed):
        revisions.set_back(own, entry.id, 1, entry.version)


def test_what_a_draft_said_stays_with_its_contributor(member, editor, details):
    entry = submitted(member, replace(details, title="Geheim"), is_draft=True)
    contributing.revise_entry(member, entry, details, entry.version)
    seen = find_revisions(editor, queries.get_entry(editor, entry.id), 0, 9)
    assert [row.fields["title"] for row in seen] == ["Beleuchtung"]
    own = find_revisions(member, queries.get_entry(member, entry.id), 0, 9)
    assert [row.fields["title"] for row in own] == ["Beleuchtung", "Geheim"]
    with pytest.raises(Missing):
        revisions.set_back(editor, entry.id, 1, entry.version)
