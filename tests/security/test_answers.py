"""T40, T38, rules 18 and 21: headers hold nothing that a request wrote into them, and nothing stays in caches."""

import io
import re
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment
from hub.entries.service.files import hold_upload
from hub.web.headers import PERMISSIONS_POLICY
from tests.entries.builders import PDF
from tests.house.test_access import rules

HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["\r\n", "\n", "\r", "\x00", "\x85", "\u2028", "Set-Cookie: a=b", '"', ";", "%0d%0a", "\\"]),
    ),
    max_size=8,
).map("".join)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@pytest.fixture
def person(person_of):
    return person_of("member")


def assert_clean(response, names: set[str]) -> None:
    assert {name for name, _value in response.headers} <= names
    assert not any(CONTROL.search(value) for _name, value in response.headers)


def test_t40_names_of_files_stay_within_their_header(make, person, member):
    file = hold_upload(member, io.BytesIO(PDF), "plan.pdf")
    entry = make.entry()
    with unit_of_work() as session:
        session.get(Attachment, file.id).entry_id = entry.id
    usual = person.get(f"/files/{file.id}")
    names = {name for name, _value in usual.headers}
    usual.close()

    @FEW
    @given(HOSTILE)
    def every_name(name):
        with unit_of_work() as session:  # as hold_upload would have kept it
            label = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1])[-200:] or "datei"
            session.execute(update(Attachment).where(Attachment.id == file.id).values(name=label))
        response = person.get(f"/files/{file.id}")
        response.close()
        assert response.status_code == 200
        assert_clean(response, names)
        assert response.headers["Content-Disposition"].startswith("attachment")

    every_name()


def test_t40_targets_and_choices_stay_within_their_header(person):
    usual = person.post("/preferences/language", {"language": "de", "next": "/account"})
    names = {name for name, _value in usual.headers}

    @FEW
    @given(HOSTILE, HOSTILE)
    def every_target(target, language):
        fields = {"language": language, "next": target}
        fields = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
        response = person.post("/preferences/language", fields)
        assert response.status_code in (303, 400, 404)
        assert_clean(response, names)
        parts = urlsplit(response.headers.get("Location", "/"))
        assert (parts.scheme, parts.netloc) == ("", "")

    every_target()


@pytest.mark.parametrize("role", ["anonymous", "member", "admin"])
def test_t38_nothing_signed_in_is_kept_by_caches(app, person_of, filled, role):
    person = person_of(role)
    for endpoint, method, path in rules(app):
        if method != "GET" or endpoint in ("static", "installing.manifest", "installing.service_worker"):
            continue
        response = person.get(path)
        response.close()
        kept = response.headers["Cache-Control"]
        is_preview = endpoint == "entries.preview" and response.status_code == 200
        assert "no-store" in kept or (is_preview and kept.startswith("private")), (endpoint, kept)
        assert "ETag" not in response.headers or "no-store" in kept or is_preview, endpoint


def test_t38_signing_out_empties_the_browser(person):
    response = person.post("/logout")
    assert '"cache"' in response.headers["Clear-Site-Data"]
    assert person.get("/account").headers["Location"].startswith("/login")


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/login", "/static/css/base.css", "/healthz", "/search/suggest?q=x", "/entries/0", "/%00"]
)
def test_every_answer_carries_the_headers(person, path):
    response = person.get(path)
    response.close()
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == PERMISSIONS_POLICY
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin", "Via"} & set(headers.keys())


def test_refused_requests_carry_the_headers_too(app, visitor):
    for response in (
        visitor.client.get("/login", headers={"Host": "evil.example"}),
        visitor.client.open("/login", method="TRACE"),
        visitor.client.post("/login", data=b"x" * 10, content_type="multipart/form-data; boundary="),
    ):
        assert response.status_code >= 300
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
