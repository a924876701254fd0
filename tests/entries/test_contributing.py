"""Submitting, revising, archiving: what changes, who waits, what the search finds."""

import pytest
from sqlalchemy import select

from hub.audit.models import AuditEvent
from hub.core.clock import now
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.entries import queries
from hub.entries.models import MOVES, Entry, Kind, Status, Tag
from hub.entries.service import contributing
from hub.entries.service.binning import bin_entry
from hub.entries.service.contributing import EntryDetails
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from tests.support.making import submitted


def found(text: str) -> tuple[int, ...]:
    """What the search finds."""
    return indexing.search(Wanted(text=text)).ids


@pytest.fixture
def details(make):
    """Something to contribute."""
    home = make.collection()
    return EntryDetails(
        title="Beleuchtung der Unterführung", kind=Kind.DOKUMENT, collection_ids=[home.id], url="https://example.org/a"
    )


def test_members_entry_waits_and_is_not_found_by_others(member, details):
    entry = submitted(member, details)
    assert entry.status == Status.SUBMITTED
    assert entry.submitted_at is not None
    assert entry.published_at is None
    assert found("Unterführung") == ()


def test_editors_entry_is_published_and_found_at_once(editor, details):
    entry = submitted(editor, details)
    assert entry.status == Status.PUBLISHED
    assert found("Unterführung") == (entry.id,)


def test_draft_stays_with_its_contributor(member, editor, details):
    entry = submitted(member, details, is_draft=True)
    assert entry.status == Status.DRAFT
    with pytest.raises(Missing):
        queries.get_entry(editor, entry.id)


def test_editors_revision_is_found_at_once_and_the_old_words_are_not(editor, details):
    entry = submitted(editor, details)
    changed = EntryDetails(
        title="Sitzbänke",
        kind=Kind.METHODE,
        collection_ids=details.collection_ids,
        url=details.url,
        tags=["Aufenthalt"],
    )
    contributing.revise_entry(editor, entry, changed, entry.version)
    assert found("Sitzbänke") == (entry.id,)
    assert found("Aufenthalt") == (entry.id,)
    assert found("Unterführung") == ()


def test_members_revision_of_a_published_entry_waits_beside_it(make, member, details):
    entry = make.entry(title="Beleuchtung", contributor=member)
    assert found("Beleuchtung") == (entry.id,)
    contributing.revise_entry(member, entry, details, entry.version)
    kept = queries.get_entry(member, entry.id)
    assert (kept.status, kept.title) == (Status.PUBLISHED, "Beleuchtung")
    assert found("Beleuchtung") == (entry.id,)
    assert found("Unterführung") == ()


def test_r08_stale_revision_is_refused_and_overwrites_nothing(editor, admin, details):
    entry = submitted(editor, details)
    seen = entry.version
    mine = EntryDetails(title="Meine", kind=Kind.DOKUMENT, collection_ids=details.collection_ids, text="Text")
    theirs = EntryDetails(title="Andere", kind=Kind.DOKUMENT, collection_ids=details.collection_ids, text="Text")
    contributing.revise_entry(admin, entry, theirs, seen)
    with pytest.raises(Conflict):
        contributing.revise_entry(editor, entry, mine, seen)
    assert queries.get_entry(editor, entry.id).title == "Andere"


def test_every_revision_raises_the_version_even_when_only_a_tag_changes(editor, details):
    entry = submitted(editor, details)
    before = entry.version
    tagged = EntryDetails(**{name: getattr(details, name) for name in details.__slots__} | {"tags": ["Neu"]})
    assert contributing.revise_entry(editor, entry, tagged, before).version == before + 1


def test_archived_entry_leaves_the_search_and_comes_back(editor, details):
    entry = submitted(editor, details)
    first_published = entry.published_at
    contributing.withdraw_entry(editor, entry, "Veraltet.")
    assert found("Unterführung") == ()
    contributing.restore_entry(editor, entry)
    assert found("Unterführung") == (entry.id,)
    assert queries.get_entry(editor, entry.id).published_at == first_published


def test_contributor_hands_an_archived_entry_in_again(make, member):
    entry = make.entry(status="withdrawn", contributor=member)
    contributing.restore_entry(member, entry)
    assert queries.get_entry(member, entry.id).status == Status.SUBMITTED


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_members_cannot_file_for_other_organisations(make, details, role):
    actor = make.actor(make.user(role=role, organisation="Essen"))
    other = make.organisation("Augsburg")
    foreign = EntryDetails(
        **{name: getattr(details, name) for name in details.__slots__} | {"organisation_id": other.id}
    )
    assert submitted(actor, foreign).organisation_id == actor.organisation_id


def test_office_files_for_any_organisation(make, editor, details):
    other = make.organisation("Augsburg")
    foreign = EntryDetails(
        **{name: getattr(details, name) for name in details.__slots__} | {"organisation_id": other.id}
    )
    assert submitted(editor, foreign).organisation_id == other.id


def test_entry_without_link_file_or_text_is_refused(member, details):
    empty = EntryDetails(title="Leer", kind=Kind.DOKUMENT, collection_ids=details.collection_ids, text="  ")
    with pytest.raises(Refused):
        submitted(member, empty)
    assert db.session.scalar(select(Entry.id)) is None


def test_collection_that_is_gone_is_refused(member):
    with pytest.raises(Refused):
        submitted(member, EntryDetails(title="A", kind=Kind.DOKUMENT, collection_ids=[99], text="T"))


def test_keywords_are_one_regardless_of_case(editor, details):
    tagged = EntryDetails(**{name: getattr(details, name) for name in details.__slots__} | {"tags": ["Licht", "LICHT"]})
    submitted(editor, tagged)
    submitted(editor, tagged)
    assert db.session.scalars(select(Tag.name)).all() == ["Licht"]


def test_draft_is_thrown_away_by_its_contributor_only(make, member, editor):
    entry = make.entry(status="draft", contributor=member)
    with pytest.raises(Missing):
        bin_entry(editor, entry.id)
    bin_entry(member, entry.id)
    with pytest.raises(Missing):
        queries.get_entry(member, entry.id)


def test_what_is_not_a_draft_is_not_thrown_away(make, member):
    with pytest.raises(NotAllowed):
        bin_entry(member, make.entry(status="submitted", contributor=member).id)


@pytest.mark.parametrize("start", list(Status))
@pytest.mark.parametrize("goal", list(Status))
def test_only_the_moves_of_the_table_are_possible(start, goal):
    entry = Entry(status=start, places=[])
    if goal in MOVES[start]:
        entry.move_to(goal, now())
        assert entry.status == goal
    else:
        with pytest.raises(Conflict):
            entry.move_to(goal, now())


def test_each_step_leaves_a_trace(editor, details):
    entry = submitted(editor, details)
    contributing.revise_entry(editor, entry, details, entry.version)
    contributing.withdraw_entry(editor, entry, "Veraltet.")
    contributing.restore_entry(editor, entry)
    actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.thing == "entry").order_by(AuditEvent.id))
    assert list(actions) == ["entry.submitted", "entry.revised", "entry.withdrawn", "entry.restored"]
