"""A session or token that ends while somebody writes: after signing in the form is there again, filled, not saved."""

import html
import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from hub.accounts import sessions
from hub.accounts.models import LoginSession, Organisation
from hub.core.db import db
from hub.web.parked import LONGEST, from_json
from tests.accounts.held_clock import hold_clock

PASSWORD = "sieben graue Tauben am Bahnhof"
HIDDEN = re.compile(r'name="parked" value="([^"]*)"')
TYPED = {"name": "Wuppertal & Umgebung „neu“ <b>", "kind": "city", "longitude": "7,15", "latitude": "51,26"}
NOT_SAVED = "gespeichert sind sie noch nicht"


@pytest.fixture
def office(make):
    return make.user(role="editor", email="buero@example.org", password=PASSWORD)


def sign_in_with(visitor, page, **more):
    fields = {"email": "buero@example.org", "password": PASSWORD, **more}
    found = HIDDEN.search(page.get_data(as_text=True))
    answer = visitor.post("/login", fields | ({"parked": html.unescape(found[1])} if found else {}))
    visitor._token = None  # it belonged to the visitor before
    return answer


def test_a_form_of_an_ended_session_is_back_after_signing_in(visitor, office, monkeypatch):
    visitor.sign_in(office)
    fields = TYPED | {"csrf_token": visitor.token()}
    hold_clock(monkeypatch, timedelta(minutes=31))
    lost = visitor.post("/organisations", fields)
    assert lost.status_code == 401
    assert "an derselben Stelle weiter" in lost.get_data(as_text=True)
    visitor.sign_out()
    answer = sign_in_with(visitor, lost)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisations")
    page = visitor.get("/organisations").get_data(as_text=True)
    assert NOT_SAVED in page
    assert 'value="Wuppertal &amp; Umgebung „neu“ &lt;b&gt;"' in page and 'value="7,15"' in page
    assert db.session.scalar(select(Organisation).where(Organisation.name.startswith("Wuppertal"))) is None
    again = visitor.get("/organisations").get_data(as_text=True)
    assert NOT_SAVED not in again and "Wuppertal" not in again


def test_a_wrong_password_in_between_loses_nothing(visitor, office):
    lost = visitor.post("/organisations", TYPED)
    wrong = sign_in_with(visitor, lost, password="falsch")
    assert wrong.status_code == 422
    assert sign_in_with(visitor, wrong).headers["Location"] == "/organisations"
    assert "Wuppertal" in visitor.get("/organisations").get_data(as_text=True)


def test_a_signed_in_person_whose_token_ended_sees_the_form_again(sign_in, office):
    browser = sign_in(office)
    answer = browser.post("/organisations", TYPED | {"csrf_token": "ended"}, token=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisations")
    page = browser.get("/organisations").get_data(as_text=True)
    assert NOT_SAVED in page and "Wuppertal" in page


def test_files_are_to_be_chosen_again(sign_in, office):
    browser = sign_in(office)
    upload = {"csrf_token": "ended", "files": (BytesIO(b"%PDF-"), "plan.pdf"), **TYPED}
    browser.post("/organisations", upload, token=False, content_type="multipart/form-data")
    assert "Dateien wählen Sie bitte noch einmal aus." in browser.get("/organisations").get_data(as_text=True)


def test_the_query_of_the_page_is_kept(sign_in, make):
    admin = sign_in(make.user(role="admin"))
    answer = admin.post("/people?role=editor&page=1", {"name": "Eine Person", "csrf_token": ""}, token=False)
    assert answer.headers["Location"] == "/people?role=editor&page=1"
    assert "Eine Person" in admin.get(answer.headers["Location"]).get_data(as_text=True)


def test_secrets_are_never_kept(sign_in, visitor, make):
    browser = sign_in(make.user())
    fields = {"current_password": "Tresor 1", "new_password": "Tresor 2", "repeated_password": "Tresor 3"}
    browser.post("/account/password", {**fields, "csrf_token": "ended"}, token=False)
    assert "Tresor" not in str(db.session.execute(select(LoginSession.parked)).all())
    lost = visitor.post("/account/password", fields)
    assert lost.status_code == 401 and "Tresor" not in lost.get_data(as_text=True)


def test_a_form_without_a_page_of_its_own_is_shown_to_copy(visitor, office):
    back = {"Referer": "http://localhost/organisations"}
    lost = visitor.post("/people/1/block", {"note": "Ein langer Grund mit Wörtern"}, headers=back)
    answer = sign_in_with(visitor, lost)
    assert answer.headers["Location"] == "/account/kept"
    page = visitor.get("/account/kept").get_data(as_text=True)
    assert "Ein langer Grund mit Wörtern" in page and 'href="/organisations"' in page
    assert "Ein langer Grund" in visitor.get("/account/kept").get_data(as_text=True)
    done = visitor.post("/account/kept", {"back": "/organisations"})
    assert done.headers["Location"] == "/organisations"
    assert "Hier wartet nichts" in visitor.get("/account/kept").get_data(as_text=True)


def test_a_page_that_cannot_show_it_filled_is_followed_by_what_was_typed(sign_in, make):
    browser = sign_in(make.user())
    session_id = sessions.find_id(browser.client.get_cookie(sessions.cookie_name()).value)
    form = {"path": "/search", "address": "/search", "back": "/", "fields": [["a", "Etwas"]], "had_files": False}
    sessions.park(session_id, form)
    answer = browser.get("/search?q=")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/kept")


def test_a_page_that_is_gone_does_not_swallow_what_was_typed(sign_in, make):
    browser = sign_in(make.user(role="admin"))
    answer = browser.post("/people/999999", {"name": "Vergeblich getippt", "csrf_token": ""}, token=False)
    assert answer.headers["Location"] == "/people/999999"
    assert browser.get("/people/999999").headers["Location"] == "/account/kept"
    assert "Vergeblich getippt" in browser.get("/account/kept").get_data(as_text=True)


def test_a_button_leads_back_with_a_word(sign_in, make):
    browser = sign_in(make.user(role="admin"))
    answer = browser.post("/people/1/unblock", {"csrf_token": "", "next": "/people"}, token=False)
    assert answer.headers["Location"] == "/people"
    assert "wiederholen Sie den letzten Schritt" in browser.get("/people").get_data(as_text=True)


def test_another_website_can_park_nothing(visitor, sign_in, office):
    foreign = {"Origin": "https://anderswo.example"}
    lost = visitor.post("/organisations", TYPED, headers=foreign)
    assert lost.status_code == 403 and "Wuppertal" not in (HIDDEN.search(lost.get_data(as_text=True)) or [""])[0]
    browser = sign_in(office)
    assert browser.post("/organisations", TYPED, headers=foreign).status_code == 403
    assert db.session.scalar(select(LoginSession.parked)) is None


def test_the_sign_in_page_itself_may_be_open_for_long(visitor, office):
    fields = {"email": "buero@example.org", "password": PASSWORD, "csrf_token": "ended", "next": "/account"}
    answer = visitor.post("/login", fields, token=False)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert 'value="buero@example.org"' in text and 'value="/account"' in text and PASSWORD not in text


def test_signing_in_in_a_second_window_carries_the_form_on(visitor, office):
    lost = visitor.post("/organisations", TYPED)
    old_token = visitor.token()
    sign_in_with(visitor, visitor.get("/login"))
    found = html.unescape(HIDDEN.search(lost.get_data(as_text=True))[1])
    answer = visitor.post("/login", {"csrf_token": old_token, "parked": found}, token=False)
    assert answer.headers["Location"] == "/organisations"
    assert "Wuppertal" in visitor.get("/organisations").get_data(as_text=True)


def test_a_text_too_long_to_carry_is_shown_on_the_sign_in_page(visitor):
    lost = visitor.post("/organisations", {"name": "ä" * (LONGEST // 2 + 1), "kind": "city"})
    text = lost.get_data(as_text=True)
    assert lost.status_code == 401 and HIDDEN.search(text) is None
    assert "Bitte kopieren Sie ihn" in text and "ä" * 1000 in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        '{"address": "/", "back": "/", "fields": [["a"]], "had_files": false}',
        '{"address": "/", "back": "/", "fields": [["a", 7]], "had_files": false}',
        '{"address": 7, "back": "/", "fields": [], "had_files": false}',
        "[" * 100_000,
        "x" * (LONGEST + 1),
    ],
)
def test_odd_parked_texts_are_no_form(visitor, office, text):
    assert from_json(text) is None
    answer = visitor.post("/login", {"email": "buero@example.org", "password": PASSWORD, "parked": text})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(
    "address", ["https://anderswo.example/", "//anderswo.example", "/\\anderswo.example", "x", "/nirgends"]
)
def test_a_parked_form_leads_to_our_pages_only(visitor, office, address):
    form = {"address": address, "back": address, "fields": [["note", "Ein Text, der bleibt"]], "had_files": False}
    text = json.dumps(form)
    answer = visitor.post("/login", {"email": "buero@example.org", "password": PASSWORD, "parked": text})
    assert answer.headers["Location"] == "/account/kept"
    page = visitor.get("/account/kept").get_data(as_text=True)
    assert "Ein Text, der bleibt" in page and "anderswo" not in page and 'href="/"' in page


def test_half_characters_and_nulls_do_no_harm(visitor, office):
    fields = '[["a\\u0000", "Satz \\ud800 mit\\u0000 Rest"]]'
    form = f'{{"address": "/nirgends", "back": "/", "fields": {fields}, "had_files": false}}'
    answer = visitor.post("/login", {"email": "buero@example.org", "password": PASSWORD, "parked": form})
    assert answer.headers["Location"] == "/account/kept"
    assert "Satz  mit Rest" in visitor.get("/account/kept").get_data(as_text=True)
