"""Who must have a second factor and has none sets it up right after signing in and can do nothing else before."""

import pytest

from config import SettingError, read_second_factor
from hub.accounts import policy
from hub.accounts.service import factors
from hub.core.permissions import Role
from tests.accounts.codes import code_of, give_app
from tests.accounts.test_security_pages import set_up
from tests.house.test_access import PUBLIC, rules

OPEN = {
    "accounts.security", "accounts.begin_time_code", "accounts.set_up_time_code", "accounts.download_recovery_codes",
    "accounts.add_passkey", "accounts.add_options", "accounts.confirm", "accounts.confirm_passkey",
    "accounts.confirm_options", "accounts.sign_out", "accounts.agree_to_terms",
    "federating.confirm",
}  # fmt: skip


@pytest.fixture
def reachable(app, monkeypatch):
    """A hub that others reach too."""
    monkeypatch.setitem(app.config, "IS_LOOPBACK", False)


@pytest.mark.parametrize(
    ("role", "setting", "is_loopback", "must"),
    [
        ("member", "optional", False, False),
        ("coordinator", "optional", False, False),
        ("editor", "optional", False, True),
        ("admin", "optional", False, True),
        ("admin", "optional", True, False),
        ("member", "required", False, True),
        ("member", "required", True, True),
    ],
)
def test_office_must_and_the_setting_widens_it_to_all(role, setting, is_loopback, must):
    assert policy.must_have_factor(Role(role), setting, is_loopback) is must


@pytest.mark.parametrize(("given", "read"), [("", "optional"), ("Required ", "required"), ("optional", "optional")])
def test_the_setting_is_read(given, read):
    assert read_second_factor({"HUB_SECOND_FACTOR": given}) == read


def test_an_unknown_setting_stops_the_start():
    with pytest.raises(SettingError, match="optional und required"):
        read_second_factor({"HUB_SECOND_FACTOR": "off"})


def test_nothing_else_is_open_before_the_factor_is_set_up(app, sign_in, make, reachable):
    make.collection()
    make.entry()
    office = sign_in(make.user(role="admin"))
    for endpoint, method, path in rules(app):
        if endpoint in PUBLIC | OPEN:
            continue
        answer = office.get(path) if method == "GET" else office.post(path, {})
        where = answer.headers.get("Location")
        assert (answer.status_code, where) == (303, "/account/security"), (endpoint, method, answer.status_code)


def test_after_setting_up_everything_is_open(sign_in, make, reachable):
    office = sign_in(make.user(role="editor"))
    page = office.get("/", follow_redirects=True).get_data(as_text=True)
    assert "ein zweiter Faktor Pflicht" in page
    _seed, answer = set_up(office)
    assert answer.status_code == 200
    assert office.get("/").status_code == 200
    assert office.get("/moderation").status_code == 200


def test_members_are_left_alone_unless_it_is_required(app, sign_in, make, reachable, monkeypatch):
    member = sign_in(make.user())
    assert member.get("/").status_code == 200
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")
    assert member.get("/").headers["Location"] == "/account/security"


def test_the_last_factor_of_who_must_have_one_stays(visitor, make, reachable):
    person = make.user(role="editor", password="sieben graue Tauben am Bahnhof")
    seed = give_app(person)
    visitor.post("/login", {"email": person.email, "password": "sieben graue Tauben am Bahnhof"})
    assert visitor.post("/login/second", {"code": code_of(seed)}).status_code == 303
    visitor._token = None
    visitor.post("/account/security/time-code/remove")
    assert "zuerst einen anderen ein" in visitor.get("/account/security").get_data(as_text=True)
    assert factors.has_any(person.id)


def test_a_reset_factor_must_be_set_up_again(sign_in, make, reachable):
    person = make.user(role="editor")
    give_app(person)
    factors.reset(make.actor(make.user(role="admin")), person)
    assert sign_in(person).get("/").headers["Location"] == "/account/security"
