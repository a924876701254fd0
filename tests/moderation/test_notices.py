"""What became of entries, changes and reports is told to those who contributed, unless they want no letters."""

import pytest
from sqlalchemy import select

from hub.accounts.models import User
from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.unit_of_work import unit_of_work
from hub.mailing.models import Letter
from hub.moderation import report_service, service


def letters() -> list[Letter]:
    db.session.rollback()
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def change(user: User, **values) -> None:
    with unit_of_work() as session:
        row = session.get(User, user.id)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.fixture
def erna(make) -> User:
    return make.user(email="erna@example.org", name="Erna")


@pytest.fixture
def entry(make, erna):
    return make.entry(title="Beleuchtung", status="submitted", contributor=erna)


def test_contributor_is_told_of_the_approval(editor, entry):
    service.approve_entry(editor, entry.id)
    [letter] = letters()
    assert (letter.recipient, letter.template) == ("erna@example.org", "entry_approved")
    assert letter.subject == "Freigegeben: Beleuchtung"
    assert f"http://127.0.0.1:8000/entries/{entry.id}" in (letter.text or "")


def test_contributor_reads_note_and_reason(editor, entry, make, erna):
    service.return_entry(editor, entry.id, "Bitte das Jahr ergänzen.")
    other = make.entry(status="submitted", contributor=erna)
    service.reject_entry(editor, other.id, "Das gibt es schon.")
    returned, rejected = letters()
    assert "Bitte das Jahr ergänzen." in (returned.text or "") and "Bitte das Jahr ergänzen." in (returned.html or "")
    assert "Das gibt es schon." in (rejected.text or "")


def test_decision_that_came_too_late_writes_no_letter(editor, entry):
    service.approve_entry(editor, entry.id)
    with pytest.raises(Conflict):
        service.reject_entry(editor, entry.id, "Doch nicht.")
    assert len(letters()) == 1


@pytest.mark.parametrize("state", [{"wants_letters": False}, {"blocked_at": clock.now()}])
def test_nobody_is_told_who_wants_no_letters_or_has_gone(editor, entry, erna, state):
    change(erna, **state)
    service.approve_entry(editor, entry.id)
    assert letters() == []


def test_nobody_is_told_what_they_did_themselves(make):
    person = make.user(role="editor")
    entry = make.entry(status="submitted", contributor=person)
    service.approve_entry(make.actor(person), entry.id)
    assert letters() == []


def test_letter_is_in_the_language_of_the_contributor(editor, entry, erna):
    change(erna, language="en")
    service.approve_entry(editor, entry.id)
    assert letters()[0].language == "en"


@pytest.mark.parametrize(("decide", "outcome"), [
    ("settle_report", "in Ordnung gebracht"),
    ("decline_report", "ändert sich der Eintrag nicht"),
])  # fmt: skip
def test_who_reported_is_thanked_and_reads_the_answer(make, editor, member, decide, outcome):
    entry = make.entry(title="Beleuchtung")
    report = report_service.report_problem(member, entry.id, "other", "Der Link ist tot.")
    getattr(report_service, decide)(editor, report.id, "Die <Antwort>.")
    [letter] = letters()
    assert (letter.recipient, letter.template) == (member.email, "report_settled")
    assert outcome in (letter.text or "") and "Die <Antwort>." in (letter.text or "")
    assert "Die &lt;Antwort&gt;." in (letter.html or "")
