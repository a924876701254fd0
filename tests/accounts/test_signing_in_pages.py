"""Sign-in page, one-time links, sign-out: what people and strangers get to see."""

import pytest

from hub.accounts import sessions
from hub.accounts.service.signing_in import make_link
from hub.core.actor import SYSTEM

PASSWORD = "sieben graue Tauben am Bahnhof"


@pytest.fixture
def person(make):
    return make.user(email="tauben@example.org", password=PASSWORD, organisation="Essen")


def test_right_password_leads_to_the_wanted_page(visitor, person):
    answer = visitor.post("/login", {"email": "Tauben@example.org ", "password": PASSWORD, "next": "/collections"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/collections"
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("hub_session="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Max-Age" not in cookie
