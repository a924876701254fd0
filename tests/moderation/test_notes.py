"""Notes between the office and contributors, and decisions that are taken back with their letters."""

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.models import Entry, Status
from hub.mailing.models import Letter, State
from hub.moderation import noting, service
from hub.undoing.service import undo_action


@pytest.fixture
def contributor(make):
    """A member of Essen."""
    return make.user(name="Beitragende Person")


@pytest.fixture
def waiting(make, contributor):
    """Three submissions of one member."""
    return [make.entry(title=f"Plan {n}", status="submitted", contributor=contributor) for n in range(3)]


def letters() -> list[tuple[str, str]]:
    return [tuple(row) for row in db.session.execute(select(Letter.template, Letter.state).order_by(Letter.id))]


def kinds(actor, entry) -> list[tuple[str, str]]:
    return [(note.kind, note.text) for note in noting.find_notes(actor, queries.get_entry(actor, entry.id))]


def test_every_decision_writes_into_the_thread_which_survives(make, editor, contributor, waiting):
    entry, actor = waiting[0], make.actor(contributor)
    service.return_entry(editor, entry.id, "Bitte ein Jahr ergänzen.")
    noting.write_note(actor, entry.id, "Es ist 2024.")
    service.undo_decision(editor, entry.id)
    service.approve_entry(editor, entry.id)
    expected = [("returned", "Bitte ein Jahr ergänzen."), ("note", "Es ist 2024."), ("undone", ""), ("approved", "")]
    assert kinds(editor, entry) == kinds(actor, entry) == expected


def test_notes_reach_the_other_side_by_mail(make, editor, contributor, waiting):
    service.return_entry(editor, waiting[0].id, "Bitte ein Jahr ergänzen.")
    noting.write_note(make.actor(contributor), waiting[0].id, "Es ist 2024.")
    noting.write_note(editor, waiting[0].id, "Danke!")
    sent = db.session.execute(select(Letter.recipient, Letter.template).order_by(Letter.id)).all()
    assert [tuple(row) for row in sent] == [
        (contributor.email, "entry_returned"),
        (editor.email, "submission_note"),
        (contributor.email, "submission_note"),
    ]


def test_coordination_reads_along_and_others_learn_nothing(make, editor, waiting):
    service.return_entry(editor, waiting[0].id, "Bitte ein Jahr ergänzen.")
    coordinator = make.actor(make.user(role="coordinator", organisation="Essen"))
    assert kinds(coordinator, waiting[0]) == [("returned", "Bitte ein Jahr ergänzen.")]
    with pytest.raises(NotAllowed):
        noting.write_note(coordinator, waiting[0].id, "Ich auch.")
    for stranger in (make.user(organisation="Essen"), make.user(role="coordinator", organisation="Köln")):
        with pytest.raises(Missing):
            noting.write_note(make.actor(stranger), waiting[0].id, "Hallo")
    service.undo_decision(editor, waiting[0].id)
    service.approve_entry(editor, waiting[0].id)
    assert kinds(make.actor(make.user(organisation="Köln")), waiting[0]) == []


def test_contributor_answers_from_the_page_of_the_entry(make, sign_in, editor, contributor, waiting):
    service.return_entry(editor, waiting[0].id, "Welches <b>Jahr</b>?")
    person = sign_in(contributor)
    path = f"/moderation/entries/{waiting[0].id}/notes"
    assert path in person.get(f"/entries/{waiting[0].id}").text
    assert path in person.get("/account/entries").text
    assert "Welches &lt;b&gt;Jahr&lt;/b&gt;?" in person.get(path).text
    assert person.post(path, {"note": " "}).status_code == 422
    assert "Es ist 2024." in person.post(path, {"note": "Es ist 2024."}, follow_redirects=True).text
    assert sign_in(make.user(organisation="Köln")).get(path).status_code == 404


def test_nobody_floods_the_office(make, contributor, waiting, monkeypatch):
    monkeypatch.setattr(noting, "MOST_A_DAY", 1)
    noting.write_note(make.actor(contributor), waiting[0].id, "Eins")
    with pytest.raises(Refused):
        noting.write_note(make.actor(contributor), waiting[0].id, "Zwei")


def test_many_decisions_are_one_letter_and_undone_together_with_it(editor, waiting):
    settled = service.decide_entries(editor, Status.REJECTED, {e.id: e.version for e in waiting}, "Gibt es schon.")
    assert (settled.count, settled.conflicts) == (3, ())
    assert letters() == [("entries_decided", State.WAITING)]
    undone = undo_action(editor, settled.undo_id)
    assert (undone.count, undone.conflicts, undone.remarks) == (3, (), ())
    assert letters() == [("entries_decided", State.OVER)]
    assert {queries.get_entry(editor, e.id).status for e in waiting} == {Status.SUBMITTED}
    assert [kind for kind, _text in kinds(editor, waiting[0])] == ["rejected", "undone"]
    with pytest.raises(Conflict):
        undo_action(editor, settled.undo_id)


def test_a_letter_that_has_left_is_followed_by_another_and_the_office_is_told(editor, waiting):
    settled = service.decide_entries(editor, Status.PUBLISHED, {waiting[0].id: waiting[0].version}, "")
    with unit_of_work() as session:
        letter = session.scalar(select(Letter))
        letter.state, letter.text, letter.html = State.SENT, None, None
    undone = undo_action(editor, settled.undo_id)
    assert "schon unterwegs" in undone.remarks[0]
    assert letters() == [("entry_approved", State.SENT), ("decision_undone", State.WAITING)]


def test_what_was_edited_since_stays_decided(editor, waiting):
    settled = service.decide_entries(editor, Status.PUBLISHED, {e.id: e.version for e in waiting}, "")
    with unit_of_work() as session:
        session.get(Entry, waiting[1].id).title = "Plan, neu"
    undone = undo_action(editor, settled.undo_id)
    assert (undone.count, undone.conflicts) == (2, ("Plan, neu",))
    assert queries.get_entry(editor, waiting[1].id).is_published
