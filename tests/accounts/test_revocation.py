"""T25: what ends a session acts at the next request in every process, here in two real servers on one data folder."""

import pytest

from tests.support.http import Wire
from tests.support.server import HubServer

PASSWORD = "sieben graue Tauben am Bahnhof"
NEW = "acht rote Busse an der Ecke"


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two servers with processes of their own that share their data."""
    folder = tmp_path_factory.mktemp("pair")
    first = HubServer(folder, {"HUB_WORKER": "0", "WEB_CONCURRENCY": "1"}, examples=False)
    second = HubServer(folder, {"HUB_WORKER": "0", "WEB_CONCURRENCY": "1"}, examples=False)
    first.prepare()
    for name, role in (("admin", "admin"), ("tauben", "member")):
        words = ["users", "create", "--email", f"{name}@example.org", "--name", name, "--organisation", "Essen"]
        first.flask(*words, "--role", role, "--password-stdin", text=f"{PASSWORD}\n")
    first.start()
    second.start()
    yield first, second
    first.stop()
    second.stop()


def signed_in(server, name, password=PASSWORD):
    browser = Wire(server.url)
    browser.sign_in(f"{name}@example.org", password)
    return browser


def is_in(browser, server):
    browser.base_url = server.url
    return "/login" not in browser.get("/account")[1]


@pytest.mark.slow
def test_t25_ending_changing_and_blocking_act_at_the_next_request_in_the_other_process(pair):
    first, second = pair
    office = signed_in(first, "admin")
    person = next(number for number in "123456789" if "tauben@" in office.get(f"/people/{number}")[2])
    page = f"/people/{person}"
    organisation = office.get(page)[2].partition('name="organisation"')[2].partition(" selected")[0]
    number = organisation.rpartition('value="')[2].partition('"')[0]
    role = {"name": "tauben", "organisation": number, "role": "coordinator", "version": "1"}
    for path, fields in ((f"{page}/end-sessions", {}), (page, role), (f"{page}/block", {})):
        browser = signed_in(second, "tauben")
        assert is_in(browser, second) and is_in(browser, first)
        assert office.post(path, fields, page=page)[0] == 200
        assert not is_in(browser, second), path
    assert is_in(office, second)


@pytest.mark.slow
def test_t25_a_new_password_ends_the_session_in_the_other_process(pair):
    first, second = pair
    here, there = signed_in(first, "admin"), signed_in(second, "admin")
    fields = {"current_password": PASSWORD, "new_password": NEW, "repeated_password": NEW}
    assert here.post("/account/password", fields, page="/account/security")[0] == 200
    assert is_in(here, first) and not is_in(there, second)
