"""Leaving: access ends at once everywhere, entries stay, somebody takes over, the last administrator cannot go."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.accounts.models import OneTimeToken
from hub.accounts.service import leaving
from hub.accounts.service.opening import Refusal
from hub.accounts.service.signing_in import make_link, sign_in
from hub.audit.models import AuditEvent
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.errors import NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries as entries
from hub.entries.models import MailToken, Practice, SavedForm, Status
from hub.entries.service import handing_over
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.events import proves
from tests.support.making import PASSWORD

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def coordinator(make):
    return make.user(role="coordinator", organisation="Essen", name="Ko Ordination")


@pytest.fixture
def leaver(make):
    return make.user(organisation="Essen", name="Geht Bald", password=PASSWORD, email="geht@example.org")


def stored(thing):
    return db.session.get(type(thing), thing.id, populate_existing=True)


@proves("user.left")
def test_access_ends_at_once_everywhere(app, make, sign_in, coordinator, leaver):
    browsers = [sign_in(leaver), sign_in(leaver)]
    token = make_link(SYSTEM, leaver, "sign_in")
    with unit_of_work() as session:
        session.add(MailToken(user_id=leaver.id, token_hash="0" * 64))
    answer = sign_in(coordinator).post(f"/people/{leaver.id}/close", {"successor": coordinator.id})
    assert answer.status_code == 303
    assert [browser.get("/").status_code for browser in browsers] == [303, 303]
    assert Visitor(app).get(f"/link/{token}").status_code == 410
    assert sign_in_again(leaver) == Refusal.WRONG
    assert db.session.scalar(select(MailToken).where(MailToken.user_id == leaver.id)) is None
    assert db.session.scalar(select(OneTimeToken).where(OneTimeToken.used_at.is_(None))) is None
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "user.left")).one()
    assert (event.actor_id, event.thing_id, event.detail) == (coordinator.id, leaver.id, {"successor": coordinator.id})


def sign_in_again(user):
    return sign_in(user.email, PASSWORD, "192.0.2.9", None, False)


def test_entries_stay_and_the_successor_takes_over(make, sign_in, coordinator, leaver):
    made = {status: make.entry(status=status, contributor=leaver) for status in Status}
    with unit_of_work() as session:
        session.add(SavedForm(user_id=leaver.id, key="k" * 20, fields=[["title", "Angefangen"]], held=[]))
    leaving.close_account(make.actor(coordinator), leaver)
    actor = make.actor(coordinator)
    for status, entry in made.items():
        entry = stored(entry)
        assert entry.organisation_id == leaver.organisation_id and entry.status == status
        is_moved = status != Status.DELETED
        assert (entry.contributor_id == coordinator.id) is is_moved, status
    assert entries.get_entry(actor, made[Status.DRAFT].id).id == made[Status.DRAFT].id
    assert sign_in(coordinator).get(f"/entries/{made[Status.PUBLISHED].id}/edit").status_code == 200
    assert db.session.scalars(select(SavedForm.user_id)).all() == [coordinator.id]


def test_what_the_organisation_does_stays_without_the_address_of_the_leaver(make, coordinator, leaver):
    entry = make.entry(kind="projekt")
    with unit_of_work() as session:
        practice = Practice(
            entry_id=entry.id, organisation_id=leaver.organisation_id, state="running", since_year=2024,
            experience="Gut.", contact="Ordnungsamt", contact_email=leaver.email,
            review_on=date(2040, 1, 1),
        )  # fmt: skip
        session.add(practice)
    leaving.close_account(make.actor(coordinator), leaver)
    practice = stored(practice)
    assert (practice.contact_email, practice.review_on, practice.removed_at) == ("", clock.today(), None)


def test_a_leaving_is_undone_with_what_was_handed_over(make, sign_in, coordinator, leaver):
    entry, passed_on = make.entry(contributor=leaver, status="draft"), make.entry(contributor=leaver)
    browser = sign_in(coordinator)
    page = browser.post(f"/people/{leaver.id}/leaves", follow_redirects=True).get_data(as_text=True)
    assert "Die Einträge übernimmt Ko Ordination" in page and f"/people/{leaver.id}/reopen" in page
    with unit_of_work():
        stored(passed_on).contributor_id = make.user().id
    assert browser.post(f"/people/{leaver.id}/reopen").status_code == 303
    assert stored(entry).contributor_id == leaver.id and stored(passed_on).contributor_id != leaver.id
    assert stored(leaver).access != "left" and sign_in_again(leaver) not in set(Refusal)


def test_after_a_month_a_handover_stays(make, coordinator, leaver, monkeypatch):
    from datetime import timedelta

    entry = make.entry(contributor=leaver)
    leaving.close_account(make.actor(coordinator), leaver)
    hold_clock(monkeypatch, timedelta(days=31))
    handing_over.sweep_handovers({})
    leaving.reopen_account(make.actor(coordinator), leaver)
    assert stored(entry).contributor_id == coordinator.id


def test_who_takes_over_is_the_coordination_else_the_office(make, leaver):
    colleague, boss = make.user(organisation="Essen"), make.user(role="admin", organisation="Geschäftsstelle")
    make.user(organisation="Köln", role="coordinator")
    make.user(organisation="Essen", role="coordinator", blocked_at=clock.now())
    assert [user.id for user in leaving.find_successors(leaver)] == [boss.id, colleague.id]
    coordinator = make.user(role="coordinator", organisation="Essen")
    assert [user.id for user in leaving.find_successors(leaver)] == [coordinator.id, colleague.id]


def test_nobody_else_is_made_successor(make, sign_in, coordinator, leaver):
    stranger = make.user(organisation="Köln")
    assert sign_in(coordinator).post(f"/people/{leaver.id}/close", {"successor": stranger.id}).status_code == 422
    with pytest.raises(Refused):
        leaving.close_account(make.actor(coordinator), leaver, stranger.id)
    assert stored(leaver).left_at is None


def test_a_person_closes_the_own_account(make, sign_in, coordinator, leaver):
    browser = sign_in(leaver)
    assert "Ko Ordination" in browser.get("/account/close").get_data(as_text=True)
    answer = browser.post("/account/close", {"successor": coordinator.id})
    assert answer.headers["Location"] == "/login" and "Clear-Site-Data" in answer.headers
    assert stored(leaver).access == "left" and browser.get("/").status_code == 303


def test_only_own_people_are_sent_away(make, sign_in, coordinator):
    other, boss = make.user(organisation="Köln"), make.user(role="admin", organisation="Essen")
    browser = sign_in(coordinator)
    for person in (other, boss):
        for deed in ("close", "leaves", "stays", "reopen"):
            assert browser.post(f"/people/{person.id}/{deed}").status_code == 404
        with pytest.raises(NotAllowed):
            leaving.close_account(make.actor(coordinator), person)


def test_the_last_administrator_cannot_go(make, sign_in):
    boss = make.user(role="admin", organisation="Geschäftsstelle")
    make.user(role="admin", blocked_at=clock.now())
    other = make.user(role="editor", organisation="Geschäftsstelle")
    browser = sign_in(boss)
    for path in ("/account/close", f"/people/{boss.id}/close"):
        answer = browser.post(path, {"successor": other.id})
        assert answer.status_code == 422
        assert "mindestens eine Person mit der Rolle Verwaltung" in answer.get_data(as_text=True)
    assert stored(boss).left_at is None
    make.user(role="admin")
    assert browser.post("/account/close", {"successor": other.id}).status_code == 303


PROGRAM = """
import multiprocessing, sys
from hub import create_app, preparing
from hub.accounts import queries
from hub.accounts.models import User
from hub.accounts.service import leaving, people
from hub.accounts.service.organisations import find_or_create
from hub.accounts.service.people import Person, create_user
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.permissions import Role

app = create_app({"BCRYPT_COST": 4})
PEOPLE = 4


def go(number):
    user = db.session.get(User, number)
    actor = Actor(id=number, name="", role=Role.ADMIN, organisation_id=user.organisation_id)
    if number % 3 == 0:
        leaving.close_account(actor, user)
    elif number % 3 == 1:
        people.block_user(actor, user)
    else:
        people.change_person(actor, user, "Neu", user.organisation_id, Role.EDITOR, user.version)


def work(number, start, answers):
    with app.app_context():
        start.wait()
        try:
            go(number)
            answers.put("gone")
        except Refused:
            answers.put("stays")


with app.app_context():
    preparing.migrate()
    place = find_or_create(SYSTEM, "Office").id
    ids = [create_user(SYSTEM, Person(f"a{n}@example.org", "A", place, Role.ADMIN)).id for n in range(PEOPLE)]
    db.session.remove()
    db.engine.dispose()
fork = multiprocessing.get_context("fork")
start, answers = fork.Barrier(PEOPLE), fork.Queue()
children = [fork.Process(target=work, args=(number, start, answers)) for number in ids]
for child in children:
    child.start()
print(*(answers.get(timeout=60) for _ in children))
for child in children:
    child.join()
with app.app_context():
    print(len(queries.lock_active_admins()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_r09_of_all_administrators_who_go_at_the_same_moment_one_stays(request, tmp_path, kind):
    url = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    if kind == "postgres":
        url = request.getfixturevalue("postgres_server").new_database()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "FLASK_"))}
    settings = {"HUB_INSTANCE": str(tmp_path), "HUB_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=inherited | settings, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    *_said, told, left = done.stdout.splitlines()
    assert (Counter(told.split()), left) == (Counter(gone=3, stays=1), "1")
