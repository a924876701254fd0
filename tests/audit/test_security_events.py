"""Each security event is written when it happens: in the audit table, or in the journal where nothing was changed."""

import io
import json
import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts import limits
from hub.accounts.service import people, signing_in
from hub.accounts.service.people import Person
from hub.audit import service
from hub.audit.models import AuditEvent
from hub.core import clock
from hub.core.actor import Proof
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.permissions import Role
from hub.entries.service import holding, mailing
from hub.entries.service.files import hold_upload
from hub.fetching import safe_fetch
from hub.web.logs import JsonLines
from tests.support.events import proves
from tests.support.making import PASSWORD


def last_event() -> AuditEvent:
    return db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def events() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


@pytest.fixture
def journal(caplog):
    """The lines that the journal would hold, read back from their JSON."""
    caplog.set_level(logging.INFO, logger="hub")
    lines = JsonLines()
    return lambda: [json.loads(lines.format(record)) for record in caplog.records]


def noted(journal, name: str) -> dict:
    [line] = [line for line in journal() if line.get("facts", {}).get("event") == name]
    return line["facts"]


@proves("session.started")
def test_signing_in_is_written_with_its_way(app, make):
    person = make.user(password=PASSWORD)
    signing_in.sign_in(person.email, PASSWORD, "192.0.2.1", None, False)
    event = last_event()
    assert (event.action, event.actor_id) == ("session.started", person.id)
    assert event.detail == {"way": "password"}


@proves("session.refused")
@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_password_is_written_without_it(app, make, known):
    person = make.user(password=PASSWORD)
    signing_in.sign_in(person.email if known else "niemand@example.org", "falsch und geheim", "192.0.2.1", None, False)
    event = last_event()
    assert (event.action, event.actor_id) == ("session.refused", None)
    assert event.thing_id == (person.id if known else None)
    assert event.detail is None


@proves("session.ended")
@proves("session.others_ended")
def test_signing_out_is_written(app, make, sign_in):
    person = sign_in(make.user())
    person.post("/account/sessions/end")
    person.post("/logout")
    assert events()[-2:] == ["session.others_ended", "session.ended"]


@proves("session.confirmed")
def test_a_new_proof_is_written(app, make, sign_in):
    person = sign_in(make.user(password=PASSWORD))
    person.post("/confirm", {"password": PASSWORD, "next": "/account"})
    assert (last_event().action, last_event().detail) == ("session.confirmed", {"way": Proof.PASSWORD})


@proves("user.created")
@proves("user.changed")
@proves("user.blocked")
@proves("user.unblocked")
@proves("user.link_made")
def test_what_is_done_to_an_account_is_written_with_who_did_it(app, make, admin):
    place = make.organisation().id
    person = people.create_user(admin, Person("neu@example.org", "Neue Person", place, Role.MEMBER))
    people.change_person(admin, person, "Neue Person", place, Role.EDITOR, person.version)
    people.block_user(admin, person)
    people.unblock_user(admin, person)
    signing_in.make_link(admin, person, "sign_in")
    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.thing_id == person.id).order_by(AuditEvent.id)).all()
    told = [row.action for row in rows]
    assert told == ["user.created", "user.changed", "user.blocked", "user.unblocked", "user.link_made"]
    assert {row.actor_id for row in rows} == {admin.id}
    assert rows[1].detail == {"role": "editor"}


@proves("user.password_set")
def test_a_new_password_is_written_without_it(app, make):
    person = make.user()
    people.change_own_password(make.actor(person), "", PASSWORD, "192.0.2.1")
    assert (last_event().action, last_event().detail) == ("user.password_set", None)


@proves("review_rule.changed")
def test_a_changed_rule_is_written(app, editor):
    holding.set_rules(editor, [Role.MEMBER])
    assert (last_event().action, last_event().detail) == ("review_rule.changed", {"waiting": ["member"]})


@proves("mail_address.renewed")
@proves("mail_address.ended")
def test_an_own_address_is_written_without_its_secret(app, member, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_IN", "beitrag@example.org")
    secret = mailing.renew_address(member).partition("+")[2].partition("@")[0]
    mailing.end_address(member)
    assert events()[-2:] == ["mail_address.renewed", "mail_address.ended"]
    assert secret not in str([row.detail for row in db.session.scalars(select(AuditEvent))])


@proves("audit.pruned")
def test_pruning_is_written_with_where_the_chain_begins_now(app, make, admin, monkeypatch):
    people.block_user(admin, make.user())
    monkeypatch.setattr(clock, "_wall_clock", lambda: clock.datetime.now(clock.UTC) + timedelta(days=100))
    service.prune(50)
    assert last_event().action == "audit.pruned"
    assert last_event().detail["number"] == last_event().id - 1


@proves("access.denied")
def test_what_a_role_may_not_do_is_noted(app, make, sign_in, journal):
    person = make.user()
    assert sign_in(person).get("/people").status_code == 403
    facts = noted(journal, "access.denied")
    assert facts == {"event": "access.denied", "actor": person.id, "method": "GET", "endpoint": "accounts.people"}


@proves("form.foreign")
def test_a_form_of_another_site_is_noted(app, make, sign_in, journal):
    person = sign_in(make.user())
    person.post("/mark-read", headers={"Origin": "https://evil.example"})
    assert noted(journal, "form.foreign")["is_own_origin"] is False


@proves("host.foreign")
def test_a_foreign_host_is_noted(app, visitor, journal):
    visitor.client.get("/login", headers={"Host": "evil.example"})
    assert noted(journal, "host.foreign")["host"] == "evil.example"


@proves("limit.reached")
def test_a_limit_that_is_reached_is_noted_without_the_address(app, make, journal, monkeypatch):
    monkeypatch.setattr(limits, "PER_ACCOUNT", 1)
    for _ in range(2):
        signing_in.sign_in("gesucht@example.org", "falsch und geheim", "192.0.2.1", None, False)
    assert noted(journal, "limit.reached")["scope"] == "account"
    assert "gesucht@" not in str(journal())


@proves("upload.refused")
def test_a_refused_file_is_noted(app, member, journal):
    with pytest.raises(Refused):
        hold_upload(member, io.BytesIO(b"MZ"), "programm.exe")
    assert noted(journal, "upload.refused")["reason"] == "type"


@proves("fetch.refused")
@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://example.org:22/", "http://169.254.169.254/"])
def test_a_link_to_the_inside_is_noted(app, journal, url):
    with pytest.raises(safe_fetch.FetchError):
        safe_fetch.fetch(url)
    assert noted(journal, "fetch.refused")["reason"] in safe_fetch.FORBIDDEN


@proves("error.unexpected")
def test_an_unexpected_fault_is_noted_with_the_number_that_the_page_shows(app, make, sign_in, journal, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("hub.browsing.queries.find_newest_ids", None, raising=False)
    monkeypatch.setattr("hub.accounts.queries.count_users", None)
    page = sign_in(make.user(role="admin")).get("/people")
    assert page.status_code == 500
    noted(journal, "error.unexpected")
    [line] = [line for line in journal() if "trace" in line]
    assert "TypeError" in line["trace"]


@proves("database.busy")
def test_a_database_that_does_not_answer_is_noted(app, make, sign_in, journal, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def fail(*_words, **_more):
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("hub.accounts.queries.count_users", fail)
    assert sign_in(make.user(role="admin")).get("/people").status_code == 503
    assert noted(journal, "database.busy")["reason"] == "disk I/O error"


@proves("storage.full")
def test_a_disk_without_room_is_noted(app, make, sign_in, journal, monkeypatch):
    def fail(*_words, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("hub.accounts.queries.count_users", fail)
    assert sign_in(make.user(role="admin")).get("/people").status_code == 503
    assert noted(journal, "storage.full")["reason"] == "No space left on device"
