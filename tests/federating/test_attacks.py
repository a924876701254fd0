"""A provider that misbehaves in each way, and browsers that are tricked: nobody comes in."""

import time

import pytest
from sqlalchemy import func, select

from hub.accounts.models import LoginSession, User
from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.federating.models import IdentityProvider, LinkedIdentity, SignOnAttempt
from tests.federating.conftest import ANNA, come_back
from tests.support.client import Visitor
from tests.support.providers import values_of

ONE_DATABASE = True
HOUR = 3600
BAD_CLAIMS = {
    "wrong issuer": {"iss": "https://evil.example"},
    "issuer with a slash": {"iss": None},
    "no issuer": {"iss": None},
    "wrong audience": {"aud": "another-client"},
    "audience list without us": {"aud": ["another-client"]},
    "two audiences": {"aud": ["hub", "another-client"], "azp": "hub"},
    "no audience": {"aud": None},
    "azp is another": {"azp": "another-client"},
    "wrong nonce": {"nonce": "made up"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "subject is a number": {"sub": 7},
    "subject too long": {"sub": "x" * 256},
    "expired": {"exp": int(time.time()) - HOUR},
    "no end": {"exp": None},
    "end is a text": {"exp": "tomorrow"},
    "made long ago": {"iat": int(time.time()) - HOUR},
    "made in the future": {"iat": int(time.time()) + HOUR, "exp": int(time.time()) + 2 * HOUR},
    "not valid yet": {"nbf": int(time.time()) + HOUR},
    "hash of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "amr is a text": {"amr": "mfa"},
}
BAD_SIGNATURES = ["none", "unsigned", "hs256_public_key", "hs256_secret", "foreign_key", "foreign_key_named_ours"]


def nobody_came_in(place) -> bool:
    made = db.session.scalar(select(func.count()).select_from(LoginSession))
    linked = db.session.scalar(select(func.count()).select_from(LinkedIdentity))
    people = db.session.scalar(select(func.count()).select_from(User))
    return (made, linked, people) == (0, 0, 0)


def last_reason() -> str:
    rows = select(AuditEvent.detail).where(AuditEvent.action == "sign_on.refused").order_by(AuditEvent.id.desc())
    detail = db.session.scalars(rows).first()
    return f"{detail['reason']}: {detail['detail']}" if detail else ""


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_id_tokens_that_say_the_wrong_thing_are_refused(essen, visitor, name):
    claims = BAD_CLAIMS[name]
    if name == "issuer with a slash":
        claims = {"iss": essen.row.issuer + "/"}
    essen.control(claims=claims)
    answer = essen.enter(visitor)
    assert answer.status_code == 502, last_reason()
    assert last_reason().startswith("token: ")
    assert nobody_came_in(essen)
    assert visitor.get("/account").status_code == 303


@pytest.mark.parametrize("how", BAD_SIGNATURES)
def test_id_tokens_with_a_wrong_signature_are_refused(essen, visitor, how):
    essen.control(sign=how)
    answer = essen.enter(visitor)
    assert answer.status_code == 502
    assert last_reason() in ("token: algorithm", "token: signature")
    assert nobody_came_in(essen)


def test_a_provider_cannot_talk_us_into_a_weak_signature(essen, visitor):
    essen.row.told = {**essen.row.told, "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
    db.session.commit()
    for how in ("none", "hs256_public_key", "hs256_secret"):
        essen.control(sign=how)
        assert essen.enter(visitor).status_code == 502
        assert last_reason() == "token: algorithm"


def test_a_new_key_of_the_provider_is_fetched_once(essen, visitor):
    essen.row.keys_at = None
    db.session.commit()
    essen.control(sign="rotated")
    assert essen.enter(visitor).status_code == 303
    assert len(essen.process.seen()["jwks"]) == 1


def test_tokens_with_unknown_keys_do_not_make_us_ask_again_and_again(essen, visitor):
    essen.control(sign="foreign_key")
    for _ in range(3):
        assert essen.enter(visitor).status_code == 502
    assert len(essen.process.seen()["jwks"]) <= 1


def test_state_is_good_for_one_browser(essen, visitor, app):
    stolen = essen.way_back(visitor)
    assert come_back(Visitor(app), stolen).status_code == 403
    assert last_reason() == ""
    assert nobody_came_in(essen)


def test_login_csrf_puts_nobody_into_a_foreign_account(essen, visitor, app):
    """The attacker begins in the own browser and sends the victim the last link."""
    essen.control(people={"mallory": {"email": "mallory@evil.example", "email_verified": True}})
    attacker, victim = Visitor(app), visitor
    victim.get("/login")
    link = essen.way_back(attacker, "mallory")
    assert come_back(victim, link).status_code == 403
    assert victim.get("/account").status_code == 303


def test_login_csrf_by_a_foreign_page_begins_nothing(essen, visitor):
    answer = visitor.post(f"/sign-on/{essen.row.id}", token=False)
    assert answer.status_code == 303
    answer = visitor.post(f"/sign-on/{essen.row.id}", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert visitor.get(f"/sign-on/{essen.row.id}").status_code in (303, 404, 405)
    assert db.session.scalar(select(func.count()).select_from(SignOnAttempt)) == 0


def test_a_replayed_state_is_refused(essen, visitor):
    back = essen.way_back(visitor)
    assert come_back(visitor, back).status_code == 303
    visitor.sign_out()
    assert come_back(visitor, back).status_code == 403
    assert visitor.get("/account").status_code == 303


def test_a_code_is_good_for_one_state_only(essen, visitor):
    """A code from elsewhere, put into an attempt of our own: PKCE and nonce do not fit."""
    first, second = essen.way_back(visitor), essen.way_back(visitor)
    answer = come_back(visitor, first, code=values_of(second)["code"])
    assert answer.status_code == 502 and last_reason() == "answer: invalid_grant"
    assert nobody_came_in(essen)


def test_a_code_that_was_used_is_refused(essen, visitor):
    first = essen.way_back(visitor)
    code = values_of(first)["code"]
    assert come_back(visitor, first).status_code == 303
    visitor.sign_out()
    second = essen.way_back(visitor)
    assert come_back(visitor, second, code=code).status_code == 502
    assert last_reason() == "answer: invalid_grant"


def test_an_attempt_ends_after_ten_minutes(essen, visitor):
    from datetime import timedelta

    back = essen.way_back(visitor)
    attempt = db.session.scalars(select(SignOnAttempt)).one()
    attempt.created_at -= timedelta(minutes=11)
    db.session.commit()
    assert come_back(visitor, back).status_code == 403
    assert last_reason() == ""


def test_mixed_up_answers_of_another_provider_are_refused(places, visitor):
    """The code of one provider never reaches the token endpoint of another (RFC 9207, one address for each)."""
    honest, evil = places("Essen"), places("Augsburg")
    back = honest.way_back(visitor)
    evil.control()
    answer = visitor.get(
        f"/sign-on/{evil.row.id}/callback?code={values_of(back)['code']}&state={values_of(back)['state']}"
    )
    assert answer.status_code == 403 and last_reason() == "state: another provider"
    assert evil.process.seen()["token_requests"] == []


@pytest.mark.parametrize("issuer", ["https://evil.example", None, ""])
def test_answers_that_name_another_issuer_or_none_are_refused(essen, visitor, issuer):
    back = essen.way_back(visitor)
    answer = come_back(visitor, back, iss=issuer)
    assert answer.status_code == 502
    assert last_reason() == ("token: iss missing" if issuer is None else "token: iss")
    assert essen.process.seen()["token_requests"] == []


def test_a_provider_that_never_names_itself_may_do_without(essen, visitor):
    essen.row.told = {**essen.row.told, "authorization_response_iss_parameter_supported": False}
    db.session.commit()
    assert come_back(visitor, essen.way_back(visitor), iss=None).status_code == 303


def test_the_way_back_is_fixed_whatever_host_was_asked(essen, visitor):
    for host in ("evil.example", "localhost"):
        answer = visitor.post(f"/sign-on/{essen.row.id}", headers={"Host": host, "X-Forwarded-Host": "evil.example"})
        if answer.status_code == 200:
            from tests.federating.conftest import onward

            uri = values_of(onward(answer))["redirect_uri"]
            assert uri == f"http://127.0.0.1:8000/sign-on/{essen.row.id}/callback"
        else:
            assert host == "evil.example" and answer.status_code == 400


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aSet-Cookie:x=1", "javascript:alert(1)"],
)
def test_t29_sign_on_leads_to_our_own_pages_only(essen, visitor, target):
    answer = essen.enter(visitor, next=target)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_sign_on_leads_to_the_wanted_page(essen, visitor):
    assert essen.enter(visitor, next="/account").headers["Location"] == "/account"


def test_what_goes_out_is_state_nonce_and_a_challenge_and_never_the_secret(essen, visitor):
    address = essen.address(visitor)
    values = values_of(address)
    assert values["response_type"] == "code" and values["code_challenge_method"] == "S256"
    assert len(values["state"]) >= 43 and len(values["nonce"]) >= 43 and len(values["code_challenge"]) == 43
    assert values_of(essen.address(visitor))["state"] != values["state"]
    assert essen.process.secret not in address and "verifier" not in address
    attempt = db.session.scalars(select(SignOnAttempt)).first()
    assert values["state"] not in (attempt.state_hash, attempt.nonce, attempt.verifier)


def test_the_client_secret_rests_sealed_and_goes_to_the_token_endpoint_only(essen, visitor):
    row = db.session.scalars(select(IdentityProvider)).one()
    assert essen.process.secret not in row.sealed_secret and row.sealed_secret.startswith("v1$")
    assert essen.enter(visitor).status_code == 303
    asked = essen.process.seen()["token_requests"]
    assert len(asked) == 1 and asked[0]["authorization"].startswith("Basic ")
    assert "client_secret" not in asked[0]["form"] and len(asked[0]["form"]["code_verifier"]) >= 43


def test_tokens_stay_on_the_server(essen, visitor):
    answer = essen.enter(visitor)
    told = " ".join([answer.get_data(as_text=True), *answer.headers.getlist("Set-Cookie"), answer.headers["Location"]])
    assert "eyJ" not in told.replace("eyJ2aXNpdG9y", "")
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            assert "eyJhbGci" not in str(row._asdict().values()) or table.name == "fetched_page"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "no json"),
        (200, "[]"),
        (200, "{}"),
        (200, '{"access_token": "x", "id_token": "a.b.c", "token_type": "bearer"}'),
        (200, '{"access_token": "x", "id_token": 7, "token_type": "bearer"}'),
        (200, '{"id_token": null}'),
        (400, '{"error": "invalid_client"}'),
        (400, '{"error": ["list"]}'),
        (500, "broken"),
        (200, '{"x": "' + "y" * 300_000 + '"}'),
        (200, "[" * 100_000),
    ],
)
def test_odd_answers_of_the_token_endpoint_are_refused_in_words(essen, visitor, status, body):
    essen.control(token={"status": status, "body": body})
    answer = essen.enter(visitor)
    assert answer.status_code == 502 and "nicht geklappt" in answer.get_data(as_text=True)
    assert nobody_came_in(essen)


def test_a_token_endpoint_that_sends_us_elsewhere_is_not_followed(essen, visitor):
    essen.control(token={"status": 302, "body": "", "headers": {"Location": "http://127.0.0.1:1/"}})
    assert essen.enter(visitor).status_code == 502
    assert last_reason() == "unreachable: redirects"


def test_an_address_of_another_subject_is_not_believed(essen, visitor):
    essen.control(userinfo_only=True, userinfo_sub="somebody else")
    assert essen.enter(visitor).status_code == 502
    assert last_reason() == "token: userinfo sub"


def test_errors_are_shown_in_words_and_never_repeated(essen, visitor):
    address = essen.address(visitor)
    answer = come_back(visitor, essen.process.deny(address))
    assert answer.status_code == 403 and "abgebrochen" in answer.get_data(as_text=True)
    back = essen.way_back(visitor)
    answer = come_back(visitor, back, code=None, error="<script>alert(1)</script>")
    assert answer.status_code == 502 and "alert(1)" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["", "state=", "state=x", "code=x", "state=%00&code=%ff", "state=x&state=y&code=z"])
def test_odd_ways_back_are_refused(essen, visitor, query):
    assert visitor.get(f"/sign-on/{essen.row.id}/callback?{query}").status_code == 403


def test_beginning_again_and_again_is_limited(essen, visitor, monkeypatch):
    from hub.federating.service import signing_on

    monkeypatch.setattr(signing_on, "MOST_OPEN", 3)
    for _ in range(3):
        essen.address(visitor)
    answer = visitor.post(f"/sign-on/{essen.row.id}")
    assert answer.status_code == 429 and "zehn Minuten" in answer.get_data(as_text=True)


def test_a_provider_that_is_switched_off_meanwhile_lets_nobody_in(essen, visitor):
    back = essen.way_back(visitor)
    essen.row.is_on = False
    db.session.commit()
    assert come_back(visitor, back).status_code == 403
    assert visitor.post(f"/sign-on/{essen.row.id}").status_code == 404
    assert nobody_came_in(essen)


def test_anna_comes_in_when_nothing_is_wrong(essen, visitor):
    answer = essen.enter(visitor)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert ANNA["name"] in visitor.get("/account").get_data(as_text=True)
