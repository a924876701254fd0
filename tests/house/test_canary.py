"""T30: what a person may not see appears nowhere: lists, search, counts, facets, suggestions, files, error pages."""

import itertools
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from hub.accounts.models import User
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, Entry, Practice, Status
from hub.mailing.models import Letter
from hub.mailing.service import post
from hub.moderation import notices
from hub.moderation.models import Report
from tests.house.test_access import rules

ONE_DATABASE = True
HIDDEN = [Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.WITHDRAWN, Status.DELETED]
WORDS = ["Zitronenfalter", "Admiralin", "Distelglut", "Kohlweissling", "Perlmutter", "Schwalbenschwanz"]
SEES: dict[Role, set[Status]] = {
    Role.MEMBER: set(),
    Role.COORDINATOR: set(),
    Role.EDITOR: set(HIDDEN) - {Status.DRAFT},
    Role.ADMIN: set(HIDDEN) - {Status.DRAFT},
}


@pytest.fixture
def hidden(make) -> dict[Status, tuple[str, int, int]]:
    """An entry of Essen in every hidden status; word, number and number of its file."""
    owner = make.user(organisation="Essen")
    made = {}
    for status, word in zip(HIDDEN, WORDS, strict=True):
        low = word.lower()
        entry = make.entry(
            title=f"{word}titel",
            status=status,
            contributor=owner,
            organisation="Essen",
            tags=(f"{low}tag",),
            summary=f"{low}summe",
            note=f"{low}lohnt",
            publisher=f"{word}verlag",
            status_note=f"{low}grund",
            body=f"{low}koerper",
            url=f"https://example.org/{low}adresse",
            details={"document_type": f"{low}art"},
            published_at=None,
        )
        with unit_of_work() as session:
            file = Attachment(
                entry_id=entry.id, name=f"{low}datei.pdf", media_type="application/pdf", extension="pdf", size=1,
                checksum="0" * 64,
            )  # fmt: skip
            session.add(file)
            practice = Practice(
                entry_id=entry.id, organisation_id=entry.organisation_id, state="running", since_year=2024,
                experience=f"{low}erfahrung", contact=f"{low}stelle", review_on=date(2020, 1, 1),
            )  # fmt: skip
            session.add(practice)
            if status != Status.DRAFT:  # nobody but its contributor has ever seen a draft
                session.add(Report(entry_id=entry.id, kind="problem", reason="other", text=f"{low}meldung"))
                post(
                    "entry_returned", owner.email, "de", name="N", entry_title=entry.title, url="/", note=f"{low}brief"
                )
        made[status] = (word, entry.id, file.id)
    return made


@pytest.mark.parametrize("role", list(Role))
def test_t30_hidden_words_appear_nowhere(app: Flask, make, sign_in, hidden, role):
    make.entry(title="Sichtbar für alle", tags=("offen",))
    unseen = {status: item for status, item in hidden.items() if status not in SEES[role]}
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    paths = {path for _endpoint, method, path in rules(app) if method == "GET"}
    paths |= {f"/collections/bahnhofsviertel?view=list&sort={sort}" for sort in ("newest", "year", "title")}
    paths |= {f"/search?q=&sort={sort}" for sort in ("newest", "year", "title")} | {"/search?q=Sichtbar"}
    for path, (word, _number, _file) in itertools.product(sorted(paths), unseen.values()):
        text = person.get(path).get_data(as_text=True).lower()
        assert word.lower() not in text, (role, path, word)


@pytest.mark.parametrize("role", list(Role))
def test_t30_hidden_entries_are_not_found(make, sign_in, hidden, role):
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    for word, number, _file in hidden.values():
        for ending in ("titel", "tag", "summe", "lohnt", "verlag", "koerper", "art", "adresse", "erfahrung", ""):
            text = person.get(f"/search?q={word}{ending}").get_data(as_text=True)
            assert f"/entries/{number}" not in text, (role, word, ending)
            assert "Meinten Sie" not in text, (role, word, ending)


@pytest.mark.parametrize("role", list(Role))
def test_t33_numbers_of_hidden_things_are_not_found(make, sign_in, hidden, role):
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    absent = person.get("/entries/999999")
    for status, (_word, number, file) in hidden.items():
        wanted = 200 if status in SEES[role] else 404
        response = person.get(f"/entries/{number}")
        assert response.status_code == wanted, (role, status)
        if wanted == 404:
            assert abs(len(response.data) - len(absent.data)) < 50, (role, status)
            for page in ("", "/view", "/view?q=Wort", "/inline", "/text?q=Wort", "/words?q=Wort&page=1"):
                assert person.get(f"/files/{file}{page}").status_code == 404, (role, status, page)
            assert person.post(f"/entries/{number}/bookmark", {"saved": "1"}).status_code == 404, (role, status)
            assert person.get(f"/entries/{number}/edit").status_code == 404, (role, status)


@pytest.mark.parametrize("role", list(Role))
def test_t30_what_a_letter_says_stands_on_no_page(app: Flask, make, sign_in, hidden, role):
    """The outbox tells to whom and what about; the text is for one reader, whoever looks after the outbox."""
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    for path in sorted({path for _endpoint, method, path in rules(app) if method == "GET"}):
        text = person.get(path).get_data(as_text=True).lower()
        assert [word for word in WORDS if f"{word.lower()}brief" in text] == [], (role, path)


def test_t30_letters_about_hidden_entries_go_to_their_contributor_only(make, hidden):
    """Decisions write to whom the entry belongs; neither a city beside it nor a name that gave a hint reads of it."""
    reporter = make.user(role="coordinator", organisation="Augsburg")
    owner = db.session.get(User, db.session.get(Entry, hidden[Status.RETURNED][1]).contributor_id)
    with unit_of_work() as session:
        for status in (Status.RETURNED, Status.REJECTED):
            notices.tell_entries_decided(SYSTEM, [session.get(Entry, hidden[status][1])])
        for _word, number, _file in hidden.values():
            report = Report(entry_id=number, kind="problem", reason="other", text="t", reporter_id=reporter.id,
                            state="settled", answer="Danke")  # fmt: skip
            notices.tell_reports_decided(SYSTEM, [(report, session.get(Entry, number))])
    read = {}
    for letter in db.session.scalars(select(Letter)):
        read.setdefault(letter.recipient, "")
        read[letter.recipient] += f"{letter.subject} {letter.text} {letter.html}".lower()
    told = {word: [email for email, text in read.items() if word.lower() in text] for word in WORDS}
    assert all(set(emails) <= {owner.email} for emails in told.values()), told
    assert told[hidden[Status.RETURNED][0]] == told[hidden[Status.REJECTED][0]] == [owner.email]


def test_coordination_sees_the_waiting_entries_of_its_own_organisation_only(make, sign_in, hidden):
    own = sign_in(make.user(role="coordinator", organisation="Essen"))
    other = sign_in(make.user(role="coordinator", organisation="Augsburg"))
    number = hidden[Status.SUBMITTED][1]
    assert own.get(f"/entries/{number}").status_code == 200
    assert other.get(f"/entries/{number}").status_code == 404
    assert own.get(f"/entries/{hidden[Status.DRAFT][1]}").status_code == 404


def test_t31_index_holds_published_entries_only(make, hidden):
    from hub.indexing import service as indexing

    visible = make.entry(title="Sichtbar")
    assert indexing.store().ids() == {visible.id}
    assert db.session.get(Attachment, hidden[Status.DRAFT][2]) is not None
