"""Where a request may send a person: to pages of the hub, nowhere else."""

import pytest

from hub.web.guard import safe_next

NASTY = [
    None,
    "",
    " ",
    "x",
    "account",
    "https://evil.example/",
    "http:evil.example",
    "http:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "mailto:a@evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/account\\@evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "/\x7f/evil.example",
    "/account\r\nSet-Cookie: a=b",
    "/account\nx",
    "/.//evil.example",
    "/..//evil.example",
    "/account/..//evil.example",
    "/;//evil.example",
    "/@evil.example",
    "/:80",
    "/%2F%2Fevil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "/nowhere",
    "/entries/abc",
    "/logout",
    "/preferences/theme",
    "/account/../people",
    "/\u2028/evil.example",
    "/\u3000/evil.example",
    "/\uff0f/evil.example",
    "/\ud800",
    "?next=//evil.example",
    "#//evil.example",
    "/" + "a" * 3000,
]
GOOD = ["/account", "/account?a=b", "/search?q=Angstr%C3%A4ume&page=2", "/login?next=%2F%2Fevil.example", "/account#x"]


@pytest.mark.parametrize("target", NASTY)
def test_t29_other_targets_become_the_start_page(app, target):
    with app.test_request_context("/login"):
        assert safe_next(target) == "/"


@pytest.mark.parametrize("target", GOOD)
def test_pages_of_the_hub_are_kept_with_their_query(app, target):
    with app.test_request_context("/login"):
        assert safe_next(target) == target


@pytest.mark.parametrize("target", [target for target in NASTY if target])
def test_t29_signing_in_never_leads_elsewhere(visitor, make, target):
    make.user(email="tauben@example.org", password="sieben graue Tauben am Bahnhof")
    fields = {"email": "tauben@example.org", "password": "sieben graue Tauben am Bahnhof"}
    target = target.encode("utf-8", "replace").decode()
    answer = visitor.post("/login", fields | {"next": target})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
