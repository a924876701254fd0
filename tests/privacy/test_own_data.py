"""Meine Daten: complete, readable, at a click as JSON; nobody else's."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.factor_models import HalfOpenSignIn, Passkey, RecoveryCode, TimeCode
from hub.accounts.joining_models import AccessRequest, InvitationSent, TermsAcceptance
from hub.accounts.models import LoginSession, OneTimeToken
from hub.accounts.service.signing_in import LIFETIMES
from hub.asking.models import Answer, Question
from hub.core import clock
from hub.core.actor import Proof
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.curation.models import BulkChange
from hub.desk.models import DeskAssignment, Waiver
from hub.entries.models import (
    Attachment,
    BinnedEntry,
    Bookmark,
    EntryRevision,
    Handover,
    MailToken,
    PendingChange,
    SavedForm,
)
from hub.federating.models import IdentityProvider, LinkedIdentity, WaitingPerson
from hub.fetching.models import FetchedPage
from hub.freshness.models import ReviewAnswer
from hub.linkcare.models import Link, LinkHost
from hub.mailing.models import Letter
from hub.moderation.models import ApprovedChange, Report, SubmissionNote
from hub.privacy import queries, service
from hub.privacy.inventory import HOLDINGS
from hub.privacy.views import LABELS, PROOFS, in_words
from hub.search.models import ThesaurusDraft
from hub.undoing.models import OfficeTask, UndoableAction
from tests.support.counting import counted_statements
from tests.support.making import Maker

WORD = "Unverwechselbarwort"


def leave_traces(make: Maker, user, count: int = 1) -> None:
    """A row of this person in every table of the inventory."""
    moment = clock.now()
    for number in range(count):
        entry = make.entry(title=f"{WORD} {number}", contributor=user)
        make.entry(title=f"Entwurf {WORD}", contributor=user, status="draft")
        make.entry(title=f"Geprüft {WORD}", checked_by_id=user.id, checked_at=moment)
        practice = make.practice(entry) if hasattr(make, "practice") else None
        with unit_of_work() as session:
            session.add_all(rows_of(user, entry.id, number, moment))
            if practice is not None:
                practice.contact_email = user.email
            session.flush()
            asked = session.scalar(select(Question.id).where(Question.asker_id == user.id))
            session.add(Answer(question_id=asked, author_id=user.id, text=WORD))
    with unit_of_work() as session:
        place = {"organisation_id": user.organisation_id, "terms_version": 1, "token_hash": f"{user.id:064d}"}
        session.add(AccessRequest(email=user.email, name=WORD, **place))
        named = {"name": f"Dienst {user.id}", "issuer": f"https://{user.id}.example", "client_id": "x"}
        provider = IdentityProvider(organisation_id=user.organisation_id, **named)
        session.add(provider)
        session.flush()
        session.add(LinkedIdentity(provider_id=provider.id, subject=WORD, user_id=user.id, email=user.email))
        session.add(WaitingPerson(provider_id=provider.id, subject="other", email=user.email, name=WORD))
        session.add(MailToken(user_id=user.id, token_hash=f"{user.id:064d}"))
        session.add(ThesaurusDraft(user_id=user.id, concepts=[{"name": WORD}]))


def rows_of(user, entry_id: int, number: int, moment) -> list:
    mark = f"{user.id:04d}{number:04d}".rjust(64, "0")
    file = {"name": "a.pdf", "media_type": "application/pdf", "extension": "pdf", "size": 1, "uploader_id": user.id}
    link = {"user_id": user.id, "purpose": "sign_in", "expires_at": moment}
    page = {"url": f"https://example.org/{number}", "normalised": mark, "requested_by_id": user.id}
    letter = {"template": "reset", "recipient": user.email, "language": "de", "ends_at": moment}
    return [
        TermsAcceptance(user_id=user.id, version=number + 5),
        InvitationSent(inviter_id=user.id),
        Handover(entry_id=entry_id, from_id=user.id, to_id=user.id),
        TimeCode(user_id=user.id, sealed_seed=f"versiegelt {mark}"),
        RecoveryCode(user_id=user.id, code_hash=mark),
        Passkey(user_id=user.id, credential_id=mark, public_key="p", handle=mark, name=WORD),
        HalfOpenSignIn(user_id=user.id, reference_hash=mark, proof="password"),
        LoginSession(user_id=user.id, reference_hash=mark, agent="Ein Browser"),
        OneTimeToken(token_hash=mark, **link),
        Attachment(checksum="0" * 64, **file),
        Attachment(checksum="1" * 64, entry_id=entry_id, **file),
        Bookmark(user_id=user.id, entry_id=entry_id),
        PendingChange(entry_id=entry_id, author_id=user.id, changes={"title": WORD}, held=[], removed=[]),
        ApprovedChange(
            entry_id=entry_id, author_id=user.id, changes={"title": WORD}, replaced={}, held=[], removed=[],
            sent_at=moment, entry_version=1,
        ),
        EntryRevision(
            entry_id=entry_id, number=900, actor_id=user.id, at=moment, action="entry.revised", status="published",
            fields={},
        ),
        ReviewAnswer(entry_id=entry_id, actor_id=user.id, answer="later", before={}, after_version=1),
        BinnedEntry(entry_id=entry_id, deleted_by_id=user.id, status_before="published"),
        SavedForm(user_id=user.id, key=mark[-40:], fields=[["title", WORD]], held=[]),
        FetchedPage(**page),
        Report(entry_id=entry_id, reporter_id=user.id, kind="problem", reason="other", text=WORD),
        Report(
            entry_id=entry_id, decided_by_id=user.id, kind="problem", reason="other", state="settled",
            decided_at=moment,
        ),
        Question(
            asker_id=user.id, reporter_id=user.id, closed_by_id=user.id, organisation_id=user.organisation_id,
            text=WORD, audience="all", state="settled", closed_at=moment, reported_at=moment,
        ),
        SubmissionNote(entry_id=entry_id, author_id=user.id, is_office=False, kind="note", text=WORD),
        DeskAssignment(source="detail", thing_id=entry_id, assignee_id=user.id),
        Waiver(entry_id=entry_id, missing="year", by_id=user.id),
        BulkChange(actor_id=user.id, source="table"),
        UndoableAction(actor_id=user.id, kind="x", label=WORD, at=moment, thing_count=1),
        OfficeTask(actor_id=user.id, kind="x", label=WORD, payload={}, thing_count=1),
        Link(
            address=f"{user.id}.example/{number}", url="https://a.example", host=LinkHost(name=mark), next_at=moment,
            decided_by_id=user.id,
        ),
        Letter(subject=f"Betreff {WORD}", mark=mark, **letter),
    ]  # fmt: skip


@pytest.fixture
def person(make):
    return make.user(name="Datenreiche Person", email="datenreich@example.org", password_hash="v1$geheim")


def test_every_holding_is_shown_with_its_rows(make, person, sign_in):
    from hub.audit.service import record

    leave_traces(make, person, 2)
    with unit_of_work():
        record(make.actor(person), "user.renamed", person.id)
    sections = {one.holding.name: one for one in queries.find_data(make.actor(person))}
    assert {name for name, one in sections.items() if not one.rows} <= {"contacts"}
    assert sections["entries"].rows[0]["title"] == f"{WORD} 1"
    assert isinstance(sections["sessions"].rows[0]["created_at"], clock.datetime)
    assert sections["sessions"].rows[0]["is_kept"] is False
    assert sections["changes"].rows[0]["changes"] == {"title": WORD}
    text = sign_in(person).get("/account/data").get_data(as_text=True)
    assert "datenreich@example.org" in text and WORD in text and "Eigenen Namen geändert" in text
    assert "v1$" not in text


def test_the_file_is_complete_and_holds_no_secret(make, person, sign_in):
    leave_traces(make, person, 25)
    page = sign_in(person).post("/account/data.json")
    assert page.headers["Content-Disposition"].startswith("attachment; filename=meine-daten-")
    told = json.loads(page.get_data(as_text=True))
    assert told["data"].keys() == {holding.name for holding in HOLDINGS}
    assert len(told["data"]["entries"]["rows"]) == 25
    assert told["data"]["account"]["rows"][0]["email"] == "datenreich@example.org"
    assert "v1$geheim" not in page.get_data(as_text=True)
    for hashed in db.session.scalars(select(LoginSession.reference_hash)):
        assert hashed not in page.get_data(as_text=True)


def test_every_holding_has_a_name_of_its_own():
    names = [holding.name for holding in HOLDINGS]
    assert sorted(set(names)) == sorted(names), "what has the same name is lost in the file"


def test_nobody_sees_what_belongs_to_others(make, person, sign_in):
    leave_traces(make, person)
    other = sign_in(make.user())
    for page in (other.get("/account/data"), other.post("/account/data.json")):
        text = page.get_data(as_text=True)
        assert WORD not in text and "datenreich@" not in text


def test_the_page_says_how_much_more_there_is_and_needs_few_statements(make, person, sign_in):
    leave_traces(make, person, 25)
    browser = sign_in(person)
    browser.get("/account/data")
    with counted_statements() as sent:
        text = browser.get("/account/data").get_data(as_text=True)
    assert "die neuesten 20 von 25" in text
    assert len(sent) <= 6


def test_old_sessions_links_and_requesters_are_forgotten(make, person, monkeypatch):
    leave_traces(make, person)
    monkeypatch.setattr(clock, "_wall_clock", lambda: clock.datetime.now(clock.UTC) + timedelta(days=31))
    service.sweep({})
    assert db.session.scalars(select(LoginSession)).all() == []
    assert db.session.scalars(select(OneTimeToken)).all() == []
    assert db.session.scalars(select(FetchedPage.requested_by_id)).all() == [None]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("language", "de", "Deutsch"),
        ("purpose", "sign_in", "Anmelden"),
        ("proofs", "link time_code", "Link, Code aus der App"),
        ("proofs", "", ""),
    ],
)
def test_own_data_shows_words_and_no_codes(app, name, value, words):
    with app.test_request_context():
        assert in_words(name, value) == words


def test_every_purpose_and_proof_has_words():
    assert LABELS["purpose"].keys() == LIFETIMES.keys()
    assert PROOFS.keys() == set(Proof)
