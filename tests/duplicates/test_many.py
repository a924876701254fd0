"""Many pairs become one in one deed, in few statements, and all of it can be taken back."""

import io
from itertools import pairwise

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.unit_of_work import unit_of_work
from hub.desk import service as desk
from hub.desk import words
from hub.duplicates.models import DuplicatePair, PairState
from hub.duplicates.service import merging
from hub.entries.models import Attachment, Bookmark, Entry, EntryBody, MergedEntry, PendingChange, Relation
from hub.entries.queries.revisions import load_snapshots
from hub.entries.service import files
from hub.undoing import service as undoing
from hub.undoing.models import UndoableAction
from tests.support.counting import counted_statements

ONE_DATABASE = True


@pytest.fixture
def pair(make):
    """A pair of two entries, new ones where none are given: its number and theirs."""

    def find(one=None, other=None):
        ids = [one or make.entry(tags=("Licht",)).id, other or make.entry(tags=("Tunnel",), summary="Mehr.").id]
        with unit_of_work() as session:
            made = DuplicatePair(one_id=ids[0], other_id=ids[1], score=1.0, reasons=["address"])
            session.add(made)
        return made.id, *ids

    return find


@pytest.fixture
def group(make, pair):
    """Four entries of which each may be the next one, and the first the third: their numbers and those of the pairs."""
    ids = [make.entry(f"Laterne {n}", tags=(f"Wort {n}",), year=2020 + n).id for n in range(4)]
    return ids, [pair(*two)[0] for two in (*pairwise(ids), (ids[0], ids[2]))]


def merge(editor, pair_ids):
    chosen = select(DuplicatePair.id, DuplicatePair.version).where(DuplicatePair.id.in_(pair_ids))
    return merging.merge_pairs(editor, [tuple(row) for row in db.session.execute(chosen)])


def standing(ids):
    """What entries say, and all that hangs on any."""
    snapshots = load_snapshots(db.session(), ids)
    columns = (
        (DuplicatePair.id, DuplicatePair.one_id, DuplicatePair.other_id, DuplicatePair.state),
        (Bookmark.user_id, Bookmark.entry_id),
        (Relation.one_id, Relation.other_id, Relation.state),
        (EntryBody.entry_id, EntryBody.body),
        (MergedEntry.entry_id, MergedEntry.into_id),
        (Attachment.id, Attachment.entry_id),
    )
    found = [[tuple(row) for row in db.session.execute(select(*some).order_by(some[0]))] for some in columns]
    return [(number, snapshots[number].status, snapshots[number].fields) for number in ids], found


def hold_file(editor, entry_id, content):
    file = files.hold_upload(editor, io.BytesIO(content), "notiz.txt")
    with unit_of_work() as session:
        session.get_one(Attachment, file.id).entry_id = entry_id


def test_a_group_and_other_pairs_are_undone_as_a_whole(editor, make, group, pair):
    ids, pair_ids = group
    far, one, other = pair()
    outside = make.entry("Außerhalb", body="Langer Text.").id
    marks = [Bookmark(user_id=make.user().id, entry_id=number) for number in (ids[1], ids[2], ids[2], other)]
    with unit_of_work() as session:
        session.add_all(marks)
        session.add(EntryBody(entry_id=ids[2], body="Der Text einer Einlesung."))
        session.add(Relation(one_id=ids[2], other_id=outside, state="together"))
        session.add(Relation(one_id=ids[1], other_id=other, state="together"))
        session.add(Relation(one_id=ids[0], other_id=outside, state="apart"))
        session.add(DuplicatePair(one_id=ids[3], other_id=outside, score=0.5, reasons=["title"], state=PairState.APART))
    for number, content in ((ids[1], b"Eins."), (ids[2], b"Zwei."), (other, b"Drei.")):
        hold_file(editor, number, content)
    all_ids = [*ids, one, other, outside]
    before = standing(all_ids)
    settled = merge(editor, [*pair_ids, far])
    assert (settled.count, settled.conflicts) == (5, ())
    entries, (_pairs, bookmarks, relations, bodies, merged, attached) = standing(all_ids)
    assert [status for _number, status, _fields in entries].count("published") == 3
    assert {entry_id for _user, entry_id in bookmarks} == {ids[0], one}
    assert set(relations) == {(ids[0], outside, "together"), (ids[0], one, "together")}
    assert ids[0] in dict(bodies) and {into for _number, into in merged} == {ids[0], one}
    assert {owner for _number, owner in attached} == {ids[0], one}
    assert entries[0][2]["tags"] == ["Wort 0", "Wort 1", "Wort 2", "Wort 3"]
    [action] = db.session.scalars(select(UndoableAction))
    assert action.id == settled.undo_id
    done = undoing.undo_action(editor, settled.undo_id)
    assert (done.count, done.conflicts) == (6, ())
    assert standing(all_ids) == before


def test_files_and_facts_go_along_when_one_that_was_left_goes_later(editor, make, pair):
    ids = [make.entry(f"Laterne {n}", year=2020 + n).id for n in range(4)]
    hold_file(editor, ids[2], b"Ein Text.")
    before = standing(ids)
    pair_ids = [pair(*two)[0] for two in ((ids[0], ids[3]), (ids[1], ids[2]), (ids[0], ids[1]))]
    before[1][0] = standing(ids)[1][0]
    settled = merge(editor, pair_ids)
    entries, hanging = standing(ids)
    assert [owner for _number, owner in hanging[-1]] == [ids[0]]
    assert [status for _number, status, _fields in entries] == ["published", *3 * ["withdrawn"]]
    assert entries[0][2]["year"] == 2022, "the entry that was changed last knows it"
    undoing.undo_action(editor, settled.undo_id)
    assert standing(ids) == before


def test_the_desk_offers_to_undo_several_pairs_at_once(editor, pair):
    chosen = [desk.Choice("duplicate", pair()[0], 1, "merge") for _number in range(2)]
    [note] = words.notes(desk.settle(editor, chosen))
    assert (note.category, undoing.undo_action(editor, note.undo_id).count) == ("success", 4)


def test_what_was_changed_since_stays_with_all_that_hangs_together_with_it(editor, group, pair):
    ids, pair_ids = group
    far, one, other = pair()
    before = standing([one, other])[0]
    settled = merge(editor, [*pair_ids, far])
    with unit_of_work() as session:
        session.get_one(Entry, ids[3]).note = "Seitdem geändert."
    done = undoing.undo_action(editor, settled.undo_id)
    assert (done.count, set(done.conflicts)) == (2, {f"Laterne {n}" for n in range(4)})
    assert standing([one, other])[0] == before
    assert set(db.session.scalars(select(MergedEntry.into_id))) == {ids[0]}


def test_nothing_is_undone_when_all_of_it_was_changed_since(editor, pair):
    number, one, _other = pair()
    settled = merge(editor, [number])
    with unit_of_work() as session:
        session.get_one(Entry, one).note = "Seitdem geändert."
    with pytest.raises(Conflict):
        undoing.undo_action(editor, settled.undo_id)


def test_what_cannot_be_merged_is_named_and_the_rest_goes_through(editor, member, make, pair):
    waiting = make.entry("Wartet")
    stays, fine, old = pair(waiting.id)[0], pair()[0], pair()
    with unit_of_work() as session:
        session.add(PendingChange(entry_id=waiting.id, author_id=member.id, changes={}, held=[], removed=[]))
    settled = merging.merge_pairs(editor, [(stays, 1), (fine, 1), (old[0], 7)])
    assert settled.count == 1
    assert set(settled.conflicts) == {"Wartet", db.session.get(Entry, old[1]).title}
    assert undoing.undo_action(editor, settled.undo_id).count == 2


def test_actions_from_before_are_still_undone(editor, pair):
    """One pair was kept with the entry that was left, without its number or order."""
    number, one, other = pair()
    before = standing([one, other])[0]
    settled = merge(editor, [number])
    rows = undoing.look_at(settled.undo_id)
    kept = {row.thing_id: row.before for row in rows}
    assert (kept[other], kept[one].pop("kept")) == ({"status": "published"}, one)
    assert undoing.take_back(editor, settled.undo_id, rows).count == 2
    assert standing([one, other])[0] == before


def test_more_pairs_ask_for_nothing_but_their_counted_rows(editor, pair):
    """Both entries and the pair are written against the version that was read, one by one; all else is together."""

    def sent(count):
        chosen = [pair() for _number in range(count)]
        with unit_of_work() as session:
            session.add_all(Bookmark(user_id=editor.id, entry_id=other) for _id, _one, other in chosen)
        with counted_statements() as merged:
            settled = merge(editor, [row[0] for row in chosen])
        assert settled.count == count
        with counted_statements() as undone:
            undoing.undo_action(editor, settled.undo_id)
        return len(merged), len(undone)

    few, many = sent(3), sent(9)
    assert [more - fewer for more, fewer in zip(many, few, strict=True)] == [6 * 3, 6 * 3]
