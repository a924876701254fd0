"""Many changes and reports are decided at once, and all of it can be taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.models import PendingChange
from hub.entries.service.contributing import revise_entry
from hub.freshness.source import SOURCE as REVIEWS
from hub.mailing.models import Letter, State
from hub.moderation import proposals, report_service
from hub.moderation.models import Report
from hub.moderation.source import CHANGES, REPORTS, SUBMISSIONS
from hub.undoing.service import undo_action
from tests.support.counting import counted_statements


@pytest.fixture
def entry(make, member):
    """A published entry of a member."""
    return make.entry(title="Alter Titel", contributor=member)


@pytest.fixture
def change(member, entry):
    """A change that waits beside it."""
    whole = queries.get_entry(member, entry.id)
    revise_entry(member, whole, proposals.details_with(whole, {"title": "Neuer Titel"}), whole.version)
    return db.session.get(PendingChange, entry.id)


def title(actor, entry) -> str:
    return queries.get_entry(actor, entry.id).title


def test_approved_change_waits_again_when_it_is_undone(editor, entry, change):
    settled = CHANGES.settle(editor, "approve", [(entry.id, change.version)], "")
    assert (settled.count, title(editor, entry)) == (1, "Neuer Titel")
    undo_action(editor, settled.undo_id)
    assert title(editor, entry) == "Alter Titel"
    assert db.session.get(PendingChange, entry.id).is_returned is False


def test_returned_change_waits_again_when_it_is_undone(editor, entry, change):
    settled = CHANGES.settle(editor, "return", [(entry.id, change.version)], "Quelle?")
    assert db.session.get(PendingChange, entry.id).is_returned
    undo_action(editor, settled.undo_id)
    assert db.session.get(PendingChange, entry.id).is_returned is False


def test_a_change_that_moved_on_is_named(editor, entry, change):
    settled = CHANGES.settle(editor, "approve", [(entry.id, change.version + 1)], "")
    assert (settled.count, settled.undo_id) == (0, None)
    assert "„Alter Titel“" in settled.conflicts[0]


def test_reports_are_decided_and_opened_again(editor, admin, member, entry):
    report_service.report_problem(member, entry.id, "outdated", "")
    proposal = report_service.propose_change(member, entry.id, {"title": "Vorschlag"}, "")
    assert REPORTS.settle(editor, "accept", [(proposal.id, entry.version + 5)], "").conflicts
    settled = REPORTS.settle(editor, "accept", [(proposal.id, entry.version)], "")
    assert (settled.count, title(editor, entry)) == (1, "Vorschlag")
    late = REPORTS.settle(admin, "decline", [(proposal.id, entry.version)], "Nein.")
    assert late.conflicts == (f"„Vorschlag“ (Übernommen, {editor.name})",)
    undo_action(editor, settled.undo_id)
    assert (db.session.get(Report, proposal.id).state, title(editor, entry)) == ("open", "Alter Titel")


@pytest.fixture
def changes(make, member):
    """Changes of one member, as many as wanted, in entries of their own: (entry, version)."""

    def wait(count):
        made = [make.entry(title=f"Alter Titel {n}", contributor=member) for n in range(count)]
        for entry in made:
            whole = queries.get_entry(member, entry.id)
            revise_entry(member, whole, proposals.details_with(whole, {"title": f"Neu {entry.id}"}), whole.version)
        return [(entry.id, db.session.get(PendingChange, entry.id).version) for entry in made]

    return wait


@pytest.fixture
def proposed(make, member):
    """Proposals of one member, as many as wanted, about entries of their own: (report, version of the entry)."""

    def send(count):
        made = [make.entry(title=f"Alter Titel {n}", contributor=member) for n in range(count)]
        asked = {"title": "Neuer Titel"}
        reports = [report_service.propose_change(member, entry.id, asked, "") for entry in made]
        return [(report.id, entry.version) for report, entry in zip(reports, made, strict=True)]

    return send


def letters() -> list[tuple[str, str]]:
    return [tuple(row) for row in db.session.execute(select(Letter.template, Letter.state).order_by(Letter.id))]


def test_who_wanted_many_changes_hears_of_all_in_one_letter(editor, changes):
    settled = CHANGES.settle(editor, "approve", changes(3), "")
    assert letters() == [("changes_decided", State.WAITING)]
    undo_action(editor, settled.undo_id)
    assert letters() == [("changes_decided", State.OVER)]


def test_changes_given_back_together_are_told_in_one_letter_with_the_note(editor, changes):
    CHANGES.settle(editor, "return", changes(2), "Bitte nennen Sie die Quelle.")
    letter = db.session.scalars(select(Letter)).one()
    assert letter.template == "changes_decided" and "Bitte nennen Sie die Quelle." in letter.text
    assert "Alter Titel 0" in letter.text and "Alter Titel 1" in letter.text


def test_who_proposed_much_is_thanked_for_all_in_one_letter(editor, proposed):
    settled = REPORTS.settle(editor, "accept", proposed(3), "Danke für alle.")
    letter = db.session.scalars(select(Letter)).one()
    assert letter.template == "reports_settled" and "3 Hinweise" in letter.subject
    assert "Ihre Vorschläge sind übernommen." in letter.text and "Danke für alle." in letter.text
    assert "/account/reports" in letter.text and "Neuer Titel" in letter.text
    undo_action(editor, settled.undo_id)
    assert letters() == [("reports_settled", State.OVER)]


def test_one_proposal_of_several_people_each_is_thanked_as_ever(editor, make):
    entry = make.entry(title="Alter Titel")
    people = [make.actor(make.user()) for _n in range(2)]
    reports = [report_service.report_problem(person, entry.id, "other", "Link tot.") for person in people]
    settled = REPORTS.settle(editor, "settle", [(report.id, entry.version) for report in reports], "")
    assert letters() == [("report_settled", State.WAITING)] * 2
    undo_action(editor, settled.undo_id)
    assert letters() == [("report_settled", State.OVER)] * 2


def test_of_two_proposals_for_an_entry_the_second_waits(editor, member, make):
    entry = make.entry(title="Alter Titel", contributor=member)
    asked = [report_service.propose_change(member, entry.id, {"title": f"Neu {n}"}, "").id for n in range(2)]
    settled = REPORTS.settle(editor, "accept", [(number, entry.version) for number in asked], "")
    assert (settled.count, len(settled.conflicts)) == (1, 1)
    assert title(editor, entry) == "Neu 0"


def test_changes_and_proposals_take_few_statements_however_many_there_are(editor, make, member, changes, proposed):
    """Per entry its update; per review the answer; per report its update, a look for a change beside it."""

    def needed(deed, count, source, key):
        chosen = deed(count)
        with unit_of_work() as session:
            session.execute(delete(Letter))
        db.session.expunge_all()
        with counted_statements() as settling:
            settled = source.settle(editor, key, chosen, "Bitte.")
        assert settled.count == count
        with counted_statements() as undoing:
            undo_action(editor, settled.undo_id)
        return len(settling), len(undoing)

    def submitted(count):
        made = [make.entry(status="submitted", contributor=member) for _n in range(count)]
        return [(entry.id, entry.version) for entry in made]

    def due(count):
        made = [make.entry(review_on=clock.today() - timedelta(days=3)) for _n in range(count)]
        return [(entry.id, entry.version) for entry in made]

    for deed, source, key, most in (
        (changes, CHANGES, "approve", 1),
        (changes, CHANGES, "return", 1),
        (proposed, REPORTS, "accept", 3),
        (submitted, SUBMISSIONS, "approve", 1),
        (due, REVIEWS, "holds", 2),
    ):
        few, many = needed(deed, 3, source, key), needed(deed, 9, source, key)
        grown = [after - before for before, after in zip(few, many, strict=True)]
        assert max(grown) <= 6 * most, (source.name, key, grown)
