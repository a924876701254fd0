"""T39: what another site makes a browser send changes nothing: wrong origin, foreign token, odd content types."""

import json
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.entries.models import Bookmark
from hub.web.guard import csrf_token

ORIGINS = [
    "null",
    "http://evil.example",
    "https://localhost",
    "http://localhost:81",
    "http://localhost.evil.example",
    "http://evil-localhost",
    "http://user@localhost",
    "//localhost",
    "localhost",
    "http://localhost/",
    "HTTP://EVIL.EXAMPLE",
    "http://[::1",
    "file://",
    "http://localhost evil",
    "chrome-extension://localhost",
]


@pytest.fixture
def entry(make):
    return make.entry()


@pytest.fixture
def person(person_of):
    return person_of("member")


def bookmarks() -> int:
    return db.session.scalar(select(func.count()).select_from(Bookmark))


def test_the_form_itself_works(person, entry):
    assert (
        person.post(f"/entries/{entry.id}/bookmark", {"saved": "1"}, headers={"Origin": "http://localhost"}).status_code
        == 303
    )
    assert bookmarks() == 1


@pytest.mark.parametrize("origin", ORIGINS)
def test_t39_another_origin_changes_nothing_even_with_the_token(person, entry, origin):
    person.post(f"/entries/{entry.id}/bookmark", {"saved": "1"}, headers={"Origin": origin})
    assert bookmarks() == 0


@pytest.mark.parametrize(
    "path", ["/logout", "/login", "/preferences/language", "/account/sessions/end", "/entries/saved"]
)
def test_t39_sign_in_sign_out_language_and_script_need_the_token_too(person, path):
    before = person.get("/account").status_code
    response = person.post(path, {"language": "en", "email": "a@example.org"}, token=False)
    assert response.status_code in (303, 401, 403)
    assert "hub_language" not in str(response.headers.getlist("Set-Cookie"))
    assert person.get("/account").status_code == before == 200


def test_t39_the_token_is_bound_to_its_session(person_of, entry):
    one, other = person_of("member"), person_of("member")
    one.post(f"/entries/{entry.id}/bookmark", {"saved": "1", "csrf_token": other.token()}, token=False)
    assert bookmarks() == 0


def test_t39_the_token_of_a_visitor_ends_with_signing_in(app, person_of, entry):
    with app.test_request_context("/"):
        token = csrf_token()
    person_of("member").post(f"/entries/{entry.id}/bookmark", {"saved": "1", "csrf_token": token}, token=False)
    assert bookmarks() == 0


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "application/octet-stream", "", "multipart/form-data"]
)
def test_t39_only_forms_are_read(person, entry, kind):
    fields = {"saved": "1", "csrf_token": person.token()}
    for body in (
        urlencode(fields),
        json.dumps(fields),
        "\r\n".join(f"{name}={value}" for name, value in fields.items()),
    ):
        person._open("POST", f"/entries/{entry.id}/bookmark", data=body.encode(), content_type=kind)
    assert bookmarks() == 0


def test_t39_a_token_in_address_header_or_cookie_does_not_count(person, entry):
    token, path = person.token(), f"/entries/{entry.id}/bookmark"
    person.post(f"{path}?csrf_token={token}", {"saved": "1"}, token=False)
    person.post(path, {"saved": "1"}, token=False, headers={"X-CSRFToken": token, "X-CSRF-Token": token})
    person.client.set_cookie("csrf_token", token)
    person.post(path, {"saved": "1"}, token=False)
    assert bookmarks() == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "GET"])
def test_t39_other_methods_change_nothing(person, entry, method):
    headers = {"X-HTTP-Method-Override": "POST"}
    data = {"saved": "1", "csrf_token": person.token(), "_method": "POST"}
    response = person._open(method, f"/entries/{entry.id}/bookmark", data=data, headers=headers)
    assert response.status_code in (404, 405)
    assert bookmarks() == 0
