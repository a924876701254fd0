"""Signing out at the provider ends the sessions here; only a token made for that does."""

import time

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.federating.models import SignOnSession
from tests.support.client import Visitor


def send(place, **how):
    token = place.process.logout_token(**how)
    return Visitor(place_app(place)).post(
        f"/sign-on/{place.row.id}/backchannel-logout", {"logout_token": token}, token=False
    )


def place_app(_place):
    from flask import current_app

    return current_app._get_current_object()


def test_a_person_who_signs_out_there_is_out_here_at_the_next_request(essen, visitor):
    essen.enter(visitor)
    assert visitor.get("/account").status_code == 200
    assert send(essen, claims={"sub": "anna"}).status_code == 200
    assert visitor.get("/account").status_code == 303


def test_only_the_named_session_ends(essen, visitor, app):
    essen.control(claims={"sid": "first"})
    essen.enter(visitor)
    essen.control(claims={"sid": "second"})
    other = Visitor(app)
    essen.enter(other)
    assert send(essen, claims={"sid": "first"}).status_code == 200
    assert visitor.get("/account").status_code == 303 and other.get("/account").status_code == 200


def test_sessions_that_came_on_other_ways_go_on(places, visitor, sign_in, make):
    essen, augsburg = places("Essen"), places("Augsburg")
    augsburg.control(people={"anna": {"email": "a@augsburg.example", "email_verified": True}})
    augsburg.enter(visitor)
    browser = sign_in(make.user())
    assert send(essen, claims={"sub": "anna"}).status_code == 200
    assert visitor.get("/account").status_code == 200 and browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    "how",
    [
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"foreign": True},
        {"claims": {"sub": None}},
        {"claims": {"sub": "anna", "nonce": "x"}},
        {"claims": {"sub": "anna", "events": None}},
        {"claims": {"sub": "anna", "events": {"http://schemas.openid.net/event/other": {}}}},
        {"claims": {"sub": "anna", "aud": "another"}},
        {"claims": {"sub": "anna", "iss": "https://evil.example"}},
        {"claims": {"sub": "anna", "iat": int(time.time()) - 7200}},
        {"claims": {"sub": "anna", "exp": int(time.time()) - 7200}},
        {"claims": {"sub": "anna", "exp": None}},
        {"claims": {"sub": ["anna"]}},
    ],
)
def test_tokens_that_are_no_logout_tokens_end_nothing(essen, visitor, how):
    essen.enter(visitor)
    how = {"claims": {"sub": "anna"}, **how}
    assert send(essen, **how).status_code == 400
    assert visitor.get("/account").status_code == 200


def test_a_logout_token_is_no_way_in(essen, visitor):
    """Tokens of one kind are not taken for another."""
    token = essen.process.logout_token(claims={"sub": "anna", "nonce": "x"})
    essen.control(
        token={"status": 200, "body": f'{{"access_token": "x", "token_type": "bearer", "id_token": "{token}"}}'}
    )
    assert essen.enter(visitor).status_code == 502


@pytest.mark.parametrize("path", ["/sign-on/999/backchannel-logout"])
def test_unknown_providers_end_nothing(visitor, path):
    assert visitor.post(path, {"logout_token": "x"}, token=False).status_code == 400


def test_rows_of_ended_sessions_go_with_them(essen, visitor):
    essen.enter(visitor)
    visitor.post("/logout")
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(SignOnSession)) == 0
