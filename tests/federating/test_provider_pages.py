"""Setting up providers: fields, checks in words, on and off, who may."""

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.sealing import unseal
from hub.federating.models import IdentityProvider
from hub.federating.queries import place_of
from hub.federating.service import providers as service
from tests.support.client import Visitor


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def browser(sign_in, make):
    return sign_in(make.user(role="admin", organisation="Geschäftsstelle"))


@pytest.fixture
def fields(make):
    return {
        "name": "Stadt Essen",
        "organisation": make.organisation("Essen").id,
        "issuer": "https://login.example.org/realms/essen",
        "client_id": "wissen",
        "client_secret": "ganz-geheim",
        "newcomers": "ask",
        "factor_acr": "",
    }


def stored():
    db.session.expire_all()
    return db.session.scalars(select(IdentityProvider)).all()


def test_a_new_provider_is_off_and_its_secret_sealed(browser, fields):
    answer = browser.post("/sign-on-providers/new", fields)
    row = stored()[0]
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-on-providers/{row.id}")
    assert not row.is_on and unseal(row.sealed_secret, place_of(row.id)) == "ganz-geheim"
    page = text_of(browser.get(f"/sign-on-providers/{row.id}"))
    assert "ganz-geheim" not in page and row.sealed_secret not in page
    assert f"http://127.0.0.1:8000/sign-on/{row.id}/callback" in page
    assert "noch nicht geprüft" in text_of(browser.get("/sign-on-providers"))
    assert "Stadt Essen" not in text_of(Visitor(browser._app).get("/login"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Bitte geben Sie einen Namen ein"),
        ({"name": "x" * 81}, "Bitte kürzen Sie auf 80"),
        ({"issuer": "http://login.example.org"}, "beginnt mit https"),
        ({"issuer": "https://user@login.example.org"}, "beginnt mit https"),
        ({"issuer": "javascript:alert(1)"}, "beginnt mit https"),
        ({"issuer": "https://löwe.example"}, "ohne Umlaute"),
        ({"issuer": ""}, "Adresse des Ausstellers"),
        ({"client_id": ""}, "Client-ID"),
        ({"client_id": "a b"}, "ohne Leerzeichen"),
        ({"organisation": "999999"}, "Bitte wählen Sie ein Mitglied"),
        ({"newcomers": "everybody"}, "aus der Liste"),
    ],
)
def test_what_cannot_be_is_said_in_words(browser, fields, changes, words):
    answer = browser.post("/sign-on-providers/new", fields | changes)
    assert answer.status_code == 422 and words in text_of(answer)
    assert stored() == [] and "ganz-geheim" not in text_of(answer)


def test_two_with_the_same_issuer_and_client_are_refused(browser, fields):
    browser.post("/sign-on-providers/new", fields)
    answer = browser.post("/sign-on-providers/new", fields | {"name": "Noch einer"})
    assert answer.status_code == 422 and len(stored()) == 1


def test_checking_shows_in_words_what_the_provider_says(places, browser):
    essen = places("Essen", is_on=False)
    path = f"/sign-on-providers/{essen.row.id}"
    browser.post(f"{path}/switch", {"on": "1"})
    assert not stored()[0].is_on
    browser.post(f"{path}/check")
    page = text_of(browser.get(path))
    assert "Die Verbindung steht." in page and "ja, S256" in page and "RS256" in page
    browser.post(f"{path}/switch", {"on": "1"})
    assert stored()[0].is_on and "Anmeldung Essen" in text_of(Visitor(browser._app).get("/login"))
    browser.post(f"{path}/switch", {"on": "0"})
    assert "Anmeldung Essen" not in text_of(Visitor(browser._app).get("/login"))


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"issuer": "https://evil.example"}, "nennt sich anders"),
        ({"authorization_endpoint": "http://evil.example/x"}, "keine Anmeldeseite mit https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "keine Anmeldeseite mit https"),
        ({"token_endpoint": None}, "die Codes einlöst"),
        ({"jwks_uri": 7}, "für seine Schlüssel"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "nicht sicher genug"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE mit S256"),
        ({"response_types_supported": ["id_token"]}, "Authorization Code"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "auf keinem Weg"),
        ({"jwks_uri": "https://127.0.0.1:1/jwks"}, "nicht zu erreichen"),
        ({"jwks_uri": "https://10.0.0.1/jwks"}, "internen Netz"),
        ({"jwks_uri": "https://169.254.169.254/jwks"}, "internen Netz"),
    ],
)
def test_what_is_wrong_with_a_provider_is_said_in_words(places, browser, metadata, words):
    essen = places("Essen", is_on=False)
    essen.control(metadata=metadata)
    path = f"/sign-on-providers/{essen.row.id}"
    browser.post(f"{path}/check")
    assert words in text_of(browser.get(path))
    assert stored()[0].told is None
    browser.post(f"{path}/switch", {"on": "1"})
    assert not stored()[0].is_on


def test_t12_a_hub_on_the_internet_asks_no_provider_on_this_machine(places, browser, app, monkeypatch):
    essen = places("Essen", is_on=False)
    monkeypatch.setitem(app.config, "BASE_URL", "https://wissen.example.org")
    assert service.check_provider(make_admin(), essen.row) == ["not https"]
    essen.row.issuer = essen.row.issuer.replace("http://", "https://")
    db.session.commit()
    assert service.check_provider(make_admin(), essen.row) in (["inner"], ["port"])


def make_admin():
    from hub.core.actor import SYSTEM

    return SYSTEM


def test_issuer_and_client_stay_once_accounts_are_linked(places, browser, visitor):
    essen = places("Essen")
    essen.enter(visitor)
    row = stored()[0]
    changed = {
        "name": "Neu",
        "organisation": row.organisation_id,
        "issuer": "https://evil.example",
        "client_id": row.client_id,
        "newcomers": "ask",
        "version": row.version,
    }
    answer = browser.post(f"/sign-on-providers/{row.id}", changed)
    assert answer.status_code == 422 and "schon Konten verbunden" in text_of(answer)
    assert stored()[0].issuer == essen.process.issuer


def test_an_empty_secret_keeps_the_stored_one_and_another_issuer_switches_off(places, browser, visitor):
    essen = places("Essen")
    row = stored()[0]
    changed = {"name": "Neu", "organisation": row.organisation_id, "issuer": row.issuer, "client_id": row.client_id}
    changed |= {"newcomers": "create", "version": row.version}
    assert browser.post(f"/sign-on-providers/{row.id}", changed).status_code == 303
    assert essen.enter(visitor).status_code == 303
    db.session.query(IdentityProvider)
    other = places("Augsburg")
    changed |= {"issuer": "https://login.example.org", "name": "Anders", "version": other.row.version}
    assert browser.post(f"/sign-on-providers/{other.row.id}", changed).status_code == 303
    db.session.refresh(other.row)
    assert not other.row.is_on and other.row.told is None


def test_of_two_administrators_the_second_is_told(places, browser):
    row = places("Essen").row
    values = {"organisation": row.organisation_id, "issuer": row.issuer, "client_id": row.client_id}
    values |= {"newcomers": "ask", "version": row.version}
    assert browser.post(f"/sign-on-providers/{row.id}", values | {"name": "Erste"}).status_code == 303
    answer = browser.post(f"/sign-on-providers/{row.id}", values | {"name": "Zweite"})
    assert answer.status_code == 422 and "inzwischen" in text_of(answer)


def test_deleting_needs_it_off_and_leaves_the_accounts(places, browser, visitor):
    essen = places("Essen")
    essen.enter(visitor)
    path = f"/sign-on-providers/{essen.row.id}"
    browser.post(f"{path}/delete")
    assert len(stored()) == 1
    browser.post(f"{path}/switch", {"on": "0"})
    assert browser.post(f"{path}/delete").status_code == 303
    assert stored() == [] and "anna@essen.example" in text_of(browser.get("/people"))


@pytest.mark.parametrize("role", ["member", "coordinator", "editor"])
def test_only_administrators_set_up_providers(sign_in, make, role, fields):
    browser = sign_in(make.user(role=role))
    assert browser.get("/sign-on-providers").status_code == 403
    assert browser.post("/sign-on-providers/new", fields).status_code == 403
    assert stored() == []


def test_the_daily_renewal_takes_new_keys_and_keeps_old_ones_when_all_is_silent(places):
    essen, augsburg = places("Essen"), places("Augsburg")
    essen.control(sign="rotated")
    augsburg.control(metadata={"issuer": "https://evil.example"})
    before = dict(augsburg.row.keys)
    service.renew_all({})
    db.session.expire_all()
    assert [key["kid"] for key in essen.row.keys["keys"]] == ["two"]
    assert augsburg.row.keys == before and augsburg.row.told["issuer"] == augsburg.process.issuer


def test_secrets_are_sealed_anew_under_a_new_key(places, app, monkeypatch):
    essen = places("Essen")
    old = app.config["SEALING_KEYS"]
    monkeypatch.setitem(app.config, "SEALING_KEYS", ("a new key for the sealing of this hub!", *old))
    service.renew_all({})
    monkeypatch.setitem(app.config, "SEALING_KEYS", ("a new key for the sealing of this hub!",))
    db.session.expire_all()
    assert unseal(essen.row.sealed_secret, place_of(essen.row.id)) == essen.process.secret
