"""Many changes and reports are decided at once, and all of it can be taken back."""

import pytest

from hub.core.db import db
from hub.entries import queries
from hub.entries.models import PendingChange
from hub.entries.service.contributing import revise_entry
from hub.moderation import proposals, report_service
from hub.moderation.models import Report
from hub.moderation.source import CHANGES, REPORTS
from hub.undoing.service import undo_action


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
