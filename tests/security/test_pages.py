"""What every page and every answer has or has not, route by route: sign-out, safe fields, clear parameters."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask, request

from hub import create_app
from hub.core.db import db
from tests.conftest import SETTINGS
from tests.house.test_access import rules
from tests.security.walking import Walk
from tests.support.html_lint import parse

PUBLIC_URL = "https://wissen.example.org"


@pytest.fixture
def pages(app, person_of, filled) -> dict[str, str]:
    """Pages that an administrator reaches by links."""
    person = person_of("admin")
    return Walk(app, person.get, each=1).go("/", f"/entries/{filled.published}", "/account").pages


@pytest.fixture
def public_hub(tmp_path, monkeypatch) -> Flask:
    """The application as it stands behind a proxy with TLS."""
    monkeypatch.setenv("HUB_INSTANCE", str(tmp_path / "data"))
    monkeypatch.setenv("HUB_BASE_URL", PUBLIC_URL)
    return create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'hub.sqlite3'}"})


def test_signing_out_is_on_every_page(pages):
    assert len(pages) > 20
    for path, html in pages.items():
        buttons = [one.get("formaction") for one in parse(html)[0].all("button")]
        assert "/logout" in buttons, path


def test_password_fields_are_masked_and_open_to_password_managers(visitor, pages):
    """Masked, with the names that managers know; no script keeps anybody from pasting."""
    found = 0
    for path, html in {**pages, "/login": visitor.get("/login").get_data(as_text=True)}.items():
        for field in parse(html)[0].all("input"):
            if "password" in (field.get("name") or "") and field.get("type") not in ("hidden", "checkbox"):
                found += 1
                assert field.get("type") == "password", (path, field.get("name"))
                assert field.get("autocomplete") in ("current-password", "new-password"), (path, field.get("name"))
                assert not field.get("maxlength") or int(field.get("maxlength")) >= 128
    assert found >= 3


def test_there_are_no_hints_and_no_secret_questions(app):
    columns = {column.name for table in db.metadata.sorted_tables for column in table.columns}
    assert not {name for name in columns if re.search(r"hint|(secret|security)_?(question|answer)|maiden", name)}
    of_accounts = db.metadata.tables["user_account"].columns
    assert [column.name for column in of_accounts if "question" in column.name] == ["wants_questions"]  # of the network
    rules = {rule.rule for rule in app.url_map.iter_rules() if re.search(r"hint|question", rule.rule)}
    assert all(rule.startswith("/questions") for rule in rules)


def test_there_are_no_routes_for_tests_or_debugging(app):
    odd = re.compile(r"test|debug|demo|console|metrics|openapi|swagger|api-docs|graphql|phpinfo|__")
    assert [rule.rule for rule in app.url_map.iter_rules() if odd.search(rule.rule)] == []


def test_only_a_session_cookie_opens_a_page(visitor, make):
    """No key in a header, an address or another cookie stands in for a session."""
    make.user()
    for headers in (
        {"Authorization": "Bearer " + "x" * 43},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"X-Api-Key": "x" * 43},
        {"Cookie": "session=admin; user_id=1; remember_token=1|x"},
    ):
        assert visitor.get("/account", headers=headers).status_code == 303
    assert visitor.get("/account?session=x&token=x&key=x&user_id=1").status_code == 303


def test_over_tls_browsers_come_back_over_tls_for_a_year(public_hub):
    response = public_hub.test_client().get("/nowhere", base_url=PUBLIC_URL)
    told = response.headers["Strict-Transport-Security"]
    assert int(re.search(r"max-age=(\d+)", told)[1]) >= 31_536_000 and "includeSubDomains" in told


def test_every_cookie_is_closed_to_script_and_other_sites(public_hub, app, person_of):
    person = person_of("member")
    for response in (person.get("/login"), person.post("/preferences/theme", {"theme": "dark"})):
        for cookie in response.headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie and re.search("SameSite=(Lax|Strict)", cookie), cookie
    assert public_hub.config["SESSION_COOKIE_SECURE"] and public_hub.config["SESSION_COOKIE_HTTPONLY"]
    assert public_hub.config["SESSION_COOKIE_NAME"].startswith("__Host-")


def test_nobody_elsewhere_is_invited_to_read(app, person_of, filled):
    """No answer carries a CORS header, whoever asks."""
    person = person_of("admin")
    for _endpoint, method, path in rules(app):
        if method != "GET":
            continue
        response = person.get(path, headers={"Origin": "https://evil.example"})
        response.close()
        assert not [name for name in dict(response.headers) if name.startswith("Access-Control-")], path
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = person.client.open("/entries/new", method="OPTIONS", headers=preflight)
    assert not [name for name in dict(response.headers) if name.startswith("Access-Control-")]


def test_every_text_says_its_charset(app, person_of, filled):
    person = person_of("admin")
    for _endpoint, method, path in rules(app):
        if method != "GET":
            continue
        response = person.get(path)
        response.close()
        kind = response.headers.get("Content-Type", "")
        assert re.match(r"[a-z]+/[a-z0-9.+-]+", kind) or response.status_code in (204, 304), path
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind.lower(), (path, kind)


def test_redirects_stay_in_the_hub(app, person_of, filled):
    person = person_of("admin")
    for _endpoint, method, path in rules(app):
        response = person.get(path + "?next=https://evil.example&url=//evil.example") if method == "GET" else None
        if response is not None and 300 <= response.status_code < 400:
            target = urlsplit(response.headers["Location"])
            assert (target.scheme, target.netloc) == ("", "") and target.path.startswith("/"), path
        if response is not None:
            response.close()


def test_trace_and_other_methods_are_refused(person_of):
    person = person_of("member")
    for method in ("TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG"):
        assert person.client.open("/", method=method).status_code == 405, method


def test_typed_text_is_decoded_once(person_of, make):
    """What looks encoded stays as typed: percent signs and entities are not read a second time."""
    person = person_of("member")
    html = person.get("/search?q=%2526lt%253B").get_data(as_text=True)
    assert "%26lt%3B" in html and "&lt;b" not in html.split("<main", 1)[1].split("value=", 1)[1][:200]
    entry = make.entry(title="Ein &lt;b&gt; und %253Cb%253E")
    assert "Ein &amp;lt;b&amp;gt; und %253Cb%253E" in person.get(f"/entries/{entry.id}").get_data(as_text=True)


def test_a_parameter_given_twice_counts_once(person_of, make):
    """The first one counts, and what stands in the address never stands in for a form."""
    person = person_of("member")
    make.entry(title="Laternen am Markt")
    make.entry(title="Spielplatz im Park")
    html = person.get("/search?q=Laternen&q=Spielplatz").get_data(as_text=True)
    assert "Laternen am Markt" in html and "Spielplatz im Park" not in html
    person.post("/preferences/theme?theme=dark", {"theme": "light"})
    assert 'data-theme="light"' in person.get("/").get_data(as_text=True)


def test_texts_are_no_decisions(person_of, app):
    """Numbers and choices are read as such: other words are refused, not taken for true."""
    person = person_of("member")
    for value in ("true", "1e3", "0x10", "١", "1.0", "[]", "None"):
        assert person.get(f"/entries/{value}").status_code == 404, value
    assert person.post("/preferences/theme", {"theme": "true"}).status_code in (303, 400, 404)
    assert 'data-theme="true"' not in person.get("/").get_data(as_text=True)


def test_the_nearest_proxy_alone_says_where_somebody_is(public_hub):
    """What a browser writes into the header stands before the entry of the proxy and does not count."""
    seen = []
    public_hub.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(request.remote_addr))
    client = public_hub.test_client()
    forged = {"X-Forwarded-For": "10.0.0.1, 203.0.113.9", "X-Real-IP": "10.0.0.2", "Forwarded": "for=10.0.0.3"}
    client.get("/nowhere", base_url=PUBLIC_URL, headers=forged)
    assert seen == ["203.0.113.9"]


def test_without_a_proxy_no_header_says_where_somebody_is(app, visitor):
    seen = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(request.remote_addr))
    try:
        visitor.get("/login", headers={"X-Forwarded-For": "203.0.113.9"})
    finally:
        app.before_request_funcs[None].pop(0)
    assert seen == ["127.0.0.1"]


@pytest.mark.parametrize("role", ["member", "admin"])
def test_a_check_that_fails_lets_nobody_in(app, person_of, filled, monkeypatch, role):
    """Neither the check of rights nor that of the form is taken for passed when it breaks."""

    def fail(*_words):
        raise RuntimeError("broken check")

    person = person_of(role)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setattr("hub.core.actor.Actor.may", fail)
    answer = person.client.get("/account/data")
    assert answer.status_code >= 403 and "Beleuchtung" not in answer.get_data(as_text=True)
    monkeypatch.undo()
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "testing", False)
    before = person.get("/").get_data(as_text=True).count("data-theme")
    token = person.token()
    monkeypatch.setattr("hub.web.guard.is_own_form", fail)
    answer = person.client.post("/preferences/theme", data={"theme": "dark", "csrf_token": token})
    assert answer.status_code >= 403 and "hub_theme" not in str(answer.headers)
    assert person.get("/").get_data(as_text=True).count("data-theme") == before
