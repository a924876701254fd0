"""What happens around providers is written to the audit table, and what nobody began to the journal."""

import logging

import pytest
from sqlalchemy import select

from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.federating.models import LinkedIdentity, WaitingPerson
from tests.federating.conftest import come_back, onward
from tests.support.client import Visitor
from tests.support.events import proves
from tests.support.making import PASSWORD


def events() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def last(action: str) -> AuditEvent:
    return db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc()).limit(1)
    ).one()


@proves("provider.created")
@proves("provider.changed")
@proves("provider.switched_on")
@proves("provider.switched_off")
@proves("provider.deleted")
def test_setting_up_providers_is_written_with_who_did_it_and_without_the_secret(places, sign_in, make):
    person = make.user(role="admin", organisation="Office")
    browser = sign_in(person)
    row = places("Essen").row
    path = f"/sign-on-providers/{row.id}"
    values = {"organisation": row.organisation_id, "issuer": row.issuer, "client_id": row.client_id, "name": "Neu"}
    browser.post(path, values | {"newcomers": "ask", "version": row.version, "client_secret": "anders-geheim"})
    for on in "01":
        browser.post(f"{path}/switch", {"on": on})
    browser.post(f"{path}/switch", {"on": "0"})
    browser.post(f"{path}/delete")
    written = [code for code in events() if code.startswith("provider.")]
    assert written == [
        "provider.created", "provider.checked", "provider.switched_on", "provider.changed", "provider.switched_off",
        "provider.switched_on", "provider.switched_off", "provider.deleted",
    ]  # fmt: skip
    assert last("provider.deleted").actor_id == person.id
    assert "geheim" not in str(db.session.execute(select(AuditEvent.detail)).all())


@proves("sign_on.refused")
def test_a_refused_sign_on_is_written_with_its_reason(essen, visitor):
    essen.control(claims={"nonce": "made up"})
    essen.enter(visitor)
    event = last("sign_on.refused")
    assert (event.thing_id, event.detail["reason"], event.detail["detail"]) == (essen.row.id, "token", "nonce")


@proves("sign_on.unknown")
def test_coming_back_without_having_left_is_noted_and_costs_no_row(essen, visitor, caplog):
    caplog.set_level(logging.WARNING, logger="hub")
    before = events()
    visitor.get(f"/sign-on/{essen.row.id}/callback?state=x&code=y")
    assert [record.message for record in caplog.records if record.name == "hub.security"] == ["sign_on.unknown"]
    assert events() == before


@proves("user.identity_linked")
@proves("user.identity_unlinked")
def test_linking_and_parting_are_written(essen, sign_in, make):
    person = make.user(password=PASSWORD)
    browser = sign_in(person)
    address = onward(browser.post(f"/account/sign-ons/{essen.row.id}/link"))
    come_back(browser, essen.process.sign_in(address))
    identity = db.session.scalars(select(LinkedIdentity)).one()
    browser.post(f"/account/sign-ons/identities/{identity.id}/unlink")
    for action in ("user.identity_linked", "user.identity_unlinked"):
        event = last(action)
        assert (event.actor_id, event.thing_id, event.detail) == (person.id, person.id, {"provider": essen.row.id})


@proves("user.admitted")
@proves("sign_on.declined")
@pytest.mark.parametrize(("button", "action"), [("admit", "user.admitted"), ("decline", "sign_on.declined")])
def test_decisions_about_newcomers_are_written_with_who_decided(places, visitor, sign_in, make, button, action):
    places("Essen", newcomers="ask").enter(visitor)
    person = make.user(role="coordinator", organisation="Essen")
    waiting = db.session.scalars(select(WaitingPerson)).one()
    sign_in(person).post(f"/people/waiting/{waiting.id}/{button}")
    assert last(action).actor_id == person.id


@proves("sign_on.ended_there")
def test_signing_out_there_is_written(essen, visitor, app):
    essen.enter(visitor)
    token = essen.process.logout_token(claims={"sub": "anna"})
    Visitor(app).post(f"/sign-on/{essen.row.id}/backchannel-logout", {"logout_token": token}, token=False)
    assert last("sign_on.ended_there").detail == {"sessions": 1}
