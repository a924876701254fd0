"""The own account: name, password, other devices."""

import pytest

from hub.accounts import limits, passwords
from hub.accounts.models import User
from hub.core.db import db
from tests.support.client import Visitor

PASSWORD = "sieben graue Tauben am Bahnhof"
NEW = "acht blaue Busse vor dem Rathaus"


@pytest.fixture
def person(make):
    return make.user(email="tauben@example.org", name="Alter Name", password=PASSWORD)


def change(browser, current=PASSWORD, new=NEW, repeated=None):
    fields = {"current_password": current, "new_password": new, "repeated_password": repeated or new}
    return browser.post("/account/password", fields)


def stored(user):
    db.session.expire_all()
    return db.session.get(User, user.id)


def test_the_page_says_who_one_is(sign_in, person):
    text = sign_in(person).get("/account").get_data(as_text=True)
    assert "tauben@example.org" in text and "Stadt Essen" in text and "Mitglied" in text and "Alter Name" in text


def test_the_name_is_changed_and_tidied(sign_in, person):
    browser = sign_in(person)
    answer = browser.post("/account", {"name": "  Neuer \u202e  Name ", "role": "admin", "email": "x@example.org"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    changed = stored(person)
    assert (changed.name, changed.role, changed.email) == ("Neuer Name", "member", "tauben@example.org")


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "n" * 121])
def test_a_name_has_letters_and_an_end(sign_in, person, name):
    answer = sign_in(person).post("/account", {"name": name})
    assert answer.status_code == 422
    assert stored(person).name == "Alter Name"


def test_a_new_password_ends_the_other_sessions_only(app, sign_in, person):
    here, elsewhere = sign_in(person), sign_in(person)
    assert change(here).status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    stranger = Visitor(app)
    assert stranger.post("/login", {"email": person.email, "password": PASSWORD}).status_code == 422
    assert stranger.post("/login", {"email": person.email, "password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"current": "falsch"}, "Das bisherige Passwort stimmt nicht."),
        ({"current": ""}, "Bitte geben Sie Ihr bisheriges Passwort ein."),
        ({"new": "elf Zeichen"}, "weniger als 12 Zeichen"),
        ({"new": "passwort12345"}, "leicht zu erraten"),
        ({"new": "tauben@example.org"}, "fast nur aus Ihrem Namen"),
        ({"repeated": "etwas anderes"}, "stimmen nicht überein"),
    ],
)
def test_a_refused_password_is_explained_and_never_repeated(sign_in, person, given, words):
    before = person.password_hash
    answer = change(sign_in(person), **given)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in text
    assert PASSWORD not in text and NEW not in text and 'value="falsch"' not in text
    assert stored(person).password_hash == before


def test_guessing_the_present_password_comes_to_an_end(sign_in, person):
    browser = sign_in(person)
    for _ in range(limits.PER_ACCOUNT):
        change(browser, current="falsch")
    answer = change(browser)
    assert answer.status_code == 422 and "fünf Minuten" in answer.get_data(as_text=True)


def test_an_account_without_a_password_sets_one_without_the_old(sign_in, make):
    person = make.user()
    browser = sign_in(person)
    assert "Bisheriges Passwort" not in browser.get("/account/security").get_data(as_text=True)
    assert change(browser, current="").status_code == 303
    assert passwords.is_password(NEW, stored(person).password_hash)


def test_signing_out_elsewhere_keeps_this_session(sign_in, person):
    here, elsewhere = sign_in(person), sign_in(person)
    assert here.post("/account/sessions/end").status_code == 303
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 303)
