"""Two entries become one, with everything that hangs on them, and become two again."""

import io
import json

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Conflict, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.duplicates.models import DuplicatePair
from hub.duplicates.service import comparing, following, merging
from hub.entries.models import Attachment, Bookmark, Entry, EntryRevision, MergedEntry, PendingChange, Practice
from hub.entries.queries.revisions import load_snapshots
from hub.entries.service import binning, contributing, files
from hub.entries.service.importing import import_entries
from hub.moderation.models import Report
from hub.undoing import service as undoing

KEPT, GONE = "Laternen an der Unterführung", "Beleuchtungskonzept Tunnel"


@pytest.fixture
def office(make):
    return make.actor(make.user(role="editor"))


@pytest.fixture
def two(make):
    make.collection("nachtleben", sections=("Licht",))
    one = make.entry(
        KEPT, kind="methode", summary="Kurz.", tags=("Licht",), url="https://example.org/a", identifier="alt-1"
    )
    other = make.entry(
        GONE,
        kind="methode",
        collections=("nachtleben",),
        section="Licht",
        summary="Viel länger und besser gesagt.",
        tags=("Tunnel",),
        url="https://example.org/b",
        identifier="alt-2",
        year=2021,
    )
    return one.id, other.id


def _merge(office, two, choice=None):
    versions = tuple(db.session.get(Entry, number).version for number in two)
    return merging.merge_entries(office, *two, versions, choice)


def _state(two):
    snapshots = load_snapshots(db.session(), two)
    return [(snapshots[number].status, snapshots[number].fields) for number in two]


def test_better_values_and_everything_of_both_is_kept(office, two):
    _merge(office, two)
    [(status, fields), (gone_status, gone_fields)] = _state(two)
    assert (status, gone_status) == ("published", "withdrawn")
    assert (fields["title"], fields["summary"], fields["year"]) == (KEPT, "Viel länger und besser gesagt.", 2021)
    assert [(place["title"], place["section"]) for place in fields["collections"]][1:] == [
        ("Sammlung nachtleben", "Licht")
    ]
    assert fields["tags"] == ["Licht", "Tunnel"]
    assert fields["url"] == "https://example.org/a"
    assert "https://example.org/b" in fields["text"]
    assert KEPT in gone_fields["status_note"]


def test_chosen_values_win(office, two):
    _merge(office, two, {"title": "gone", "summary": "both", "url": "gone"})
    fields = _state(two)[0][1]
    assert fields["title"] == GONE
    assert fields["summary"] == "Kurz.\n\nViel länger und besser gesagt."
    assert fields["url"] == "https://example.org/b"
    assert "https://example.org/a" in fields["text"]


def test_bookmarks_practice_and_reports_follow_without_doubles(make, office, two):
    one, other, city = make.user(), make.user(), make.organisation("Kiel").id
    with unit_of_work() as session:
        session.add_all([Bookmark(user_id=one.id, entry_id=two[0]), Bookmark(user_id=one.id, entry_id=two[1])])
        session.add(Bookmark(user_id=other.id, entry_id=two[1]))
        session.add(Report(entry_id=two[1], kind="problem", reason="broken"))
        session.add(
            Practice(
                entry_id=two[1], organisation_id=city, state="running", since_year=2020,
                experience="Gut.", contact="Amt", review_on=db.session.get(Entry, two[0]).created_at.date(),
            )
        )  # fmt: skip
    action = _merge(office, two)
    followed = select(Bookmark.user_id).where(Bookmark.entry_id == two[0]).order_by(Bookmark.user_id)
    assert list(db.session.scalars(followed)) == [one.id, other.id]
    assert list(db.session.scalars(select(Report.entry_id))) == [two[0]]
    assert list(db.session.scalars(select(Practice.entry_id))) == [two[0]]
    undoing.undo_action(office, action)
    assert list(db.session.scalars(followed)) == [one.id]
    assert list(db.session.scalars(select(Report.entry_id))) == [two[1]]
    assert list(db.session.scalars(select(Practice.entry_id))) == [two[1]]


def test_undo_brings_both_back_as_they_were(office, two):
    before = _state(two)
    action = _merge(office, two)
    assert undoing.undo_action(office, action).count == 2
    assert _state(two) == before
    assert db.session.scalar(select(MergedEntry.entry_id)) is None


def test_undo_leaves_alone_what_was_changed_since(office, two):
    action = _merge(office, two)
    with unit_of_work() as session:
        session.get_one(Entry, two[0]).note = "Seitdem geändert."
    with pytest.raises(Conflict):
        undoing.undo_action(office, action)
    assert db.session.get(Entry, two[1]).status == "withdrawn"


def test_versions_of_both_stay_readable(office, two):
    _merge(office, two)
    for number, action in ((two[0], "entry.merged"), (two[1], "entry.merged")):
        rows = select(EntryRevision.action).where(EntryRevision.entry_id == number).order_by(EntryRevision.number)
        assert list(db.session.scalars(rows))[-1] == action


def test_old_address_leads_to_the_entry_that_is_left(office, two, make, sign_in):
    _merge(office, two)
    for role in ("member", "editor"):
        answer = sign_in(make.user(role=role)).get(f"/entries/{two[1]}")
        assert (answer.status_code, answer.location) == (301, f"/entries/{two[0]}")
        assert "no-store" in answer.headers["Cache-Control"]


def test_result_is_found_by_either_old_title(office, two, make, sign_in):
    _merge(office, two, {"title": "gone"})
    person = sign_in(make.user())
    for title in (KEPT, GONE):
        assert f"/entries/{two[0]}" in person.get("/search", query_string={"q": title}).text


def test_import_of_the_old_identifier_updates_the_entry_that_is_left(office, two):
    _merge(office, two)
    line = {"id": "alt-2", "title": "Neu eingelesen", "kind": "methode", "collection": "nachtleben", "text": "Neu."}
    done = import_entries([json.dumps(line)], create_missing=True)
    assert (done.created, done.updated) == (0, 1)
    assert db.session.get(Entry, two[0]).title == "Neu eingelesen"
    assert db.session.get(Entry, two[1]).status == "withdrawn"


def test_import_names_possible_duplicates_and_refuses_nothing(make):
    make.entry("Laternen", collections=("nachtleben",), url="https://example.org/licht")
    common = {"kind": "dokument", "collection": "nachtleben"}
    lines = [
        common | {"id": 1, "title": "Neu", "url": "http://www.example.org/licht/"},
        common | {"id": 2, "title": "Noch eins", "url": "http://www.example.org/anders"},
    ]
    done = import_entries(map(json.dumps, lines), create_missing=True)
    assert (done.created, done.twins) == (2, (("Neu", "Laternen"),))
    assert import_entries(map(json.dumps, lines), create_missing=True).twins == ()


def test_files_keep_their_address(office, make, sign_in):
    numbers = []
    for content in (b"Erster Text.", b"Erster Text.", b"Zweiter Text."):
        entry = make.entry()
        file = files.hold_upload(office, io.BytesIO(content), "notiz.txt")
        with unit_of_work() as session:
            session.get_one(Attachment, file.id).entry_id = entry.id
        numbers.append((entry.id, file.id))
    (one, first), (two, same), (three, another) = numbers
    _merge(office, (one, two))
    _merge(office, (one, three))
    member = sign_in(make.user())
    assert member.get(f"/files/{same}").location == f"/files/{first}"
    with member.get(f"/files/{another}") as answer:
        assert answer.data == b"Zweiter Text."


def test_several_pairs_of_a_group_become_one(office, make):
    for _number in range(3):
        make.entry("Laternen am Kanal", url="https://example.org/a")
    comparing.compare_changed({})
    pairs = list(db.session.scalars(select(DuplicatePair)))
    assert len(pairs) == 3
    done = merging.merge_pairs(office, [(pair.id, pair.version) for pair in pairs])
    assert (done.count, done.conflicts) == (3, ())
    assert len(list(db.session.scalars(select(Entry.id).where(Entry.status == "published")))) == 1
    assert len(set(db.session.scalars(select(MergedEntry.into_id)))) == 1


def test_second_editor_is_told_that_it_is_decided(office, two):
    versions = tuple(db.session.get(Entry, number).version for number in two)
    merging.merge_entries(office, *two, versions)
    with pytest.raises(Conflict) as refused:
        merging.merge_entries(office, *two, versions)
    assert "inzwischen" in refused.value.message


def test_waiting_change_is_decided_first(office, two, make):
    author = make.user()
    with unit_of_work() as session:
        session.add(PendingChange(entry_id=two[1], author_id=author.id, changes={"title": "X"}, held=[], removed=[]))
    with pytest.raises(Refused):
        _merge(office, two)


def test_entry_is_not_merged_with_itself(office, two):
    with pytest.raises(Refused):
        _merge(office, (two[0], two[0]))


def test_members_do_not_merge(make, two):
    with pytest.raises(NotAllowed):
        _merge(make.actor(make.user()), two)


def test_merged_entry_is_neither_restored_nor_binned(office, two):
    _merge(office, two)
    with pytest.raises(Conflict):
        contributing.restore_entry(office, db.session.get(Entry, two[1]))
    with pytest.raises(Conflict):
        binning.bin_entry(office, two[1])


STAYING = {
    "approved_change": "belongs to the versions of its entry",
    "binned_entry": "a merged entry is not in the bin",
    "bulk_row": "a preview of a change; that entry has moved on",
    "review_answer": "speaks of that entry's own review",
    "spring_clean_row": "belongs to a list that has been sent",
    "attachment": "moved as files",
    "detail_waiver": "speaks of what that entry lacked",
    "duplicate_pair": "settled with the merge",
    "entry_relation": "led on, pair by pair",
    "entry_body": "taken over when the other has none",
    "entry_collection": "put together as places",
    "entry_opening": "how often that entry was opened",
    "entry_print": "made anew",
    "entry_revision": "stays readable where it was",
    "entry_tag": "put together as keywords",
    "handover": "kept for undoing a leave",
    "merged_entry": "led on",
    "pending_change": "is decided before",
    "preview": "a picture of its own link",
    "removed_file": "kept for setting back",
    "submission_note": "between the office and its contributor; nothing for the contributor of the other",
    "saved_form": "a form goes on with the entry it was begun for",
}


def test_merging_knows_every_table_that_names_entries(app):
    naming = {
        key.parent.table.name
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "entry"
    }
    unknown = naming - set(following.FOLLOWING) - STAYING.keys() - {"entry"}
    assert not unknown, f"say in FOLLOWING or STAYING what becomes of {unknown} when entries are merged"
