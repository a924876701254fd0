"""Every route: strangers stay out, roles get what their permission says, nothing changes by GET, headers are set."""

import re

import pytest
from flask import Flask

from hub.core.permissions import GRANTS, Permission, Role
from hub.web.headers import CONTENT_SECURITY_POLICY

ONE_DATABASE = True
PUBLIC = {
    "static",
    "accounts.second",
    "accounts.second_by_passkey",
    "accounts.second_options",
    "accounts.sign_in",
    "accounts.sign_in_by_passkey",
    "accounts.sign_in_options",
    "accounts.link",
    "accounts.ask_for_link",
    "accounts.confirm_email",
    "accounts.ask_for_access",
    "accounts.confirm_request",
    "browsing.health",
    "federating.come_back",
    "federating.end_there",
    "federating.start",
    "installing.manifest",
    "installing.offline",
    "installing.service_worker",
    "web.set_theme",
    "web.set_language",
}
VALUES = {
    "slug": "bahnhofsviertel",
    "token": "unknown",
    "filename": "css/base.css",
    "language": "de",
    "field": "approach",
}


def rules(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address for every route."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: VALUES.get(name, 1) for name in rule.arguments}
        if rule.endpoint.startswith("pages.") and "slug" in values:
            values["slug"] = "hilfe"
        path = adapter.build(rule.endpoint, values)
        found += [(rule.endpoint, method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return sorted(found)


def test_every_route_names_its_permission_or_is_public(app: Flask):
    open_routes = set()
    for endpoint, view in app.view_functions.items():
        permission = getattr(view, "permission", None)
        if getattr(view, "is_public", False):
            open_routes.add(endpoint)
        else:
            assert isinstance(permission, Permission), endpoint
    assert open_routes == PUBLIC


def test_one_route_only_takes_a_change_without_a_token(app: Flask):
    """What a phone shares with the installed app is kept for a form; the browser must say that no page sent it."""
    exempted = {endpoint for endpoint, view in app.view_functions.items() if getattr(view, "is_shared_to", False)}
    assert exempted == {"entries.take_shared"}


def test_strangers_are_sent_to_sign_in(app: Flask, visitor):
    for endpoint, method, path in rules(app):
        if endpoint in PUBLIC:
            continue
        response = visitor.client.open(path, method=method)
        if method == "GET":
            assert response.status_code == 303, (endpoint, path)
            assert response.headers["Location"].startswith("/login"), endpoint
        else:
            assert response.status_code in (303, 401), (endpoint, path)


@pytest.mark.parametrize("role", list(Role))
def test_roles_get_what_their_permission_says(app: Flask, make, sign_in, role):
    make.user(organisation="Köln")  # account 1; nobody blocks the own one while trying all routes
    make.collection()
    make.entry(title="Erster Eintrag")
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    for endpoint, method, path in rules(app):
        permission = getattr(app.view_functions[endpoint], "permission", None)
        if permission is None or endpoint == "accounts.sign_out":
            continue
        response = person.get(path) if method == "GET" else person.post(path, {})
        if permission in GRANTS[role]:
            assert response.status_code < 500, (endpoint, path, response.status_code)
        else:
            assert response.status_code == 403, (endpoint, path, response.status_code)


def test_changes_need_the_token_of_this_browser(app: Flask, make, sign_in):
    make.collection()
    entry = make.entry(title="Unverändert")
    person = sign_in(make.user(role="admin"))
    for endpoint, method, path in rules(app):
        if method == "GET" or endpoint == "static":
            continue
        for token in ("", "forged"):
            response = person.post(path, {"csrf_token": token, "title": "Anders"}, token=False)
            assert response.status_code in (303, 400, 401, 403), (endpoint, response.status_code)
    assert person.get(f"/entries/{entry.id}").status_code == 200
    assert "Unverändert" in person.get(f"/entries/{entry.id}").get_data(as_text=True)


def test_other_origins_are_refused(app: Flask, make, sign_in):
    person = sign_in(make.user(role="admin"))
    before = person.get("/").get_data(as_text=True)
    assert '<html lang="de"' in before
    response = person.post("/preferences/theme", {"theme": "dark"}, headers={"Origin": "https://evil.example"})
    assert "Set-Cookie" not in response.headers or "hub_theme" not in response.headers["Set-Cookie"]


def test_get_changes_nothing(app: Flask, make, sign_in):
    from sqlalchemy import select

    from hub.core.db import db

    make.collection()
    make.entry(title="Unverändert", status="submitted")
    person = sign_in(make.user(role="admin"))
    person.get("/")

    def contents() -> dict[str, list]:
        skipped = {"login_session", "user_account"}  # the time of use is noted there
        tables = [table for table in db.metadata.sorted_tables if table.name not in skipped]
        return {table.name: db.session.execute(select(table)).all() for table in tables}

    before = contents()
    for _endpoint, method, path in rules(app):
        if method == "GET":
            person.get(path)
    assert contents() == before


def test_answers_carry_the_headers(app: Flask, make, sign_in):
    make.collection()
    make.entry()
    person = sign_in(make.user(role="admin"))
    for endpoint, method, path in rules(app):
        if method != "GET":
            continue
        response = person.get(path)
        headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert headers["Referrer-Policy"] == "same-origin", endpoint
        assert (
            "frame-ancestors" in headers["Content-Security-Policy"] or "sandbox" in headers["Content-Security-Policy"]
        )
        if response.mimetype == "text/html":
            assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, endpoint
            assert headers["Cache-Control"] == "no-store", endpoint
            assert len(response.data) < 1_000_000, endpoint


def test_pages_refer_to_no_other_host(app: Flask, make, sign_in):
    make.collection()
    make.entry()
    person = sign_in(make.user(role="admin"))
    loaded = re.compile(r'<(?:script|link|img|iframe|source|video|audio)[^>]*(?:src|href)="(https?:)?//', re.I)
    for endpoint, method, path in rules(app):
        if method == "GET":
            assert not loaded.search(person.get(path).get_data(as_text=True)), endpoint


@pytest.mark.parametrize(
    "path", ["/entries/abc", "/entries/99999999999999999999", "/entries/0", "/entries/-1", "/nowhere"]
)
def test_odd_addresses_are_not_found(sign_in, make, path):
    assert sign_in(make.user()).get(path).status_code == 404
