"""Whether a provider has checked two factors, and what follows when it has not."""

import pytest
from sqlalchemy import select

from hub.accounts import sessions
from hub.accounts.factor_models import HalfOpenSignIn
from hub.accounts.models import LoginSession, User
from hub.accounts.service import factors
from hub.core.actor import Proof
from hub.core.db import db


def proofs():
    db.session.expire_all()
    return set((db.session.scalar(select(LoginSession.proofs)) or "").split())


@pytest.mark.parametrize(
    ("values", "claims", "counts"),
    [
        ({"checks_factor": True}, {"amr": ["pwd", "mfa"]}, True),
        ({"checks_factor": True, "factor_acr": "2"}, {"acr": "2"}, True),
        ({"checks_factor": True, "factor_acr": "2"}, {"acr": "1"}, False),
        ({"checks_factor": True}, {"acr": ""}, False),
        ({"checks_factor": True}, {"amr": ["pwd"]}, False),
        ({"checks_factor": True}, {}, False),
        ({"checks_factor": False}, {"amr": ["mfa"]}, False),
        ({"checks_factor": False, "factor_acr": "2"}, {"acr": "2"}, False),
    ],
)
def test_two_factors_count_only_when_said_and_trusted(places, visitor, values, claims, counts):
    essen = places("Essen", **values)
    essen.control(claims=claims)
    assert essen.enter(visitor).status_code == 303
    wanted = {Proof.SINGLE_SIGN_ON, Proof.PROVIDER_FACTOR} if counts else {Proof.SINGLE_SIGN_ON}
    assert proofs() == wanted
    assert bool(wanted & sessions.STRONG_PROOFS) is counts


def test_the_level_that_means_two_factors_is_asked_for(places, visitor):
    essen = places("Essen", checks_factor=True, factor_acr="gold")
    assert "acr_values=gold" in essen.address(visitor)


@pytest.mark.parametrize("is_said", [True, False])
def test_who_has_a_second_factor_here_is_asked_for_it_unless_the_provider_did(places, visitor, monkeypatch, is_said):
    essen = places("Essen", checks_factor=True)
    essen.control(claims={"amr": ["mfa"]} if is_said else {})
    monkeypatch.setattr(factors, "has_any", lambda _user_id: True)
    answer = essen.enter(visitor)
    if is_said:
        assert answer.status_code == 303 and Proof.PROVIDER_FACTOR in proofs()
        return
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Noch ein Schritt" in text and "Location" not in answer.headers
    assert any(line.startswith("hub_second=") for line in answer.headers.getlist("Set-Cookie"))
    assert proofs() == set() and visitor.get("/account").status_code == 303
    waiting = db.session.scalars(select(HalfOpenSignIn)).one()
    assert waiting.proof == Proof.SINGLE_SIGN_ON
    assert db.session.scalar(select(User.id)) == waiting.user_id


def test_sessions_after_our_second_step_end_too_when_the_person_leaves_there(essen, visitor, app):
    from tests.federating.test_leaving import send

    essen.enter(visitor)
    user_id = db.session.scalar(select(User.id))
    visitor.client.set_cookie("hub_session", sessions.start(user_id, False, Proof.SINGLE_SIGN_ON, Proof.TIME_CODE))
    visitor.forget_token()
    assert visitor.get("/account").status_code == 200
    assert send(essen, claims={"sub": "anna"}).status_code == 200
    assert visitor.get("/account").status_code == 303
