"""T43: how much a request may carry depends on what its page is for; files go to the pages that take files."""

import pytest

from hub.web.guard import LARGEST_FORM
from tests.house.test_access import rules

TAKING = {
    "accounts.invite_list",
    "bulk.sheet",
    "entries.edit",
    "entries.hold_file",
    "entries.submit",
    "entries.take_shared",
    "thesaurus.upload",
}
KINDS = ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"]


@pytest.fixture
def person(person_of):
    return person_of("admin")


def send(person, path, size, kind):
    told = {"CONTENT_LENGTH": str(size)}
    response = person._open("POST", path, data=b"x", content_type=kind, environ_overrides=told)
    response.close()
    return response.status_code


def test_t43_pages_that_take_files_are_known(app):
    assert {name for name, view in app.view_functions.items() if getattr(view, "takes_files", False)} == TAKING


@pytest.mark.parametrize("role", ["anonymous", "admin"])
@pytest.mark.parametrize("kind", KINDS)
def test_t43_other_pages_take_a_mebibyte_at_most(app, person_of, filled, kind, role):
    person = person_of(role)
    for endpoint, method, path in rules(app):
        view = app.view_functions[endpoint]
        if method != "POST" or endpoint in TAKING or (role == "anonymous" and getattr(view, "is_background", False)):
            continue
        assert send(person, path, LARGEST_FORM + 1, kind) == 413, endpoint


@pytest.mark.parametrize("path", ["/entries/new", "/entries/files", "/thesaurus/upload", "/entries/1/edit"])
def test_t43_only_a_form_with_files_may_be_larger(person, filled, path):
    multipart, urlencoded = KINDS
    assert send(person, path, LARGEST_FORM + 1, multipart) != 413
    assert send(person, path, LARGEST_FORM + 1, urlencoded) == 413, "it would be read into memory whole"


@pytest.mark.parametrize("path", ["/login", "/account", "/entries/new", "/entries/saved", "/thesaurus/upload"])
def test_t43_typed_text_and_number_of_fields_are_bounded(app, person, path):
    many = {f"f{number}": "x" for number in range(400)} | {"csrf_token": person.token()}
    assert person._open("POST", path, data=many, content_type="multipart/form-data").status_code == 413
    long = {"title": "x" * (app.config["MAX_FORM_MEMORY_SIZE"] + 10), "csrf_token": person.token()}
    assert person._open("POST", path, data=long, content_type="multipart/form-data").status_code == 413
