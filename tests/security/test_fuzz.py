"""R25: odd requests over all routes as all roles; none is answered with a fault of ours."""

from types import SimpleNamespace

import pytest

from hub.entries import prefill
from hub.fetching import service as fetching
from tests.security.conftest import ROLES, forms_for
from tests.security.fuzzing import fuzz

SEED = 20261122
FEW, MANY = 100, 1_700
PATIENT = SimpleNamespace(look=fetching.look, propose=fetching.look, known=fetching.known, was_asked=fetching.was_asked,
                          ask_for_picture=fetching.ask_for_picture)  # fmt: skip


def fuzz_as(app, role, person_of, filled, monkeypatch, count):
    monkeypatch.setattr(prefill, "_readers", [PATIENT])  # no worker reads pages here, so nobody waits for one
    forms = forms_for(app, person_of(role), filled)
    known = len(forms)
    run = fuzz(app, lambda: person_of(role), forms, count, SEED + ROLES.index(role))
    assert sum(run.statuses.values()) + len(run.faults) == count
    assert not run.faults, "\n".join(run.faults)
    assert count < MANY or len(forms) > known, "no form of a page that was met"


@pytest.mark.parametrize("role", ROLES)
def test_r25_odd_requests_are_answered(app, person_of, filled, monkeypatch, role):
    fuzz_as(app, role, person_of, filled, monkeypatch, FEW)


@pytest.mark.long
@pytest.mark.index_may_differ  # asked once for all at the end of the short run
@pytest.mark.parametrize("role", ROLES)
def test_r25_ten_thousand_odd_requests_are_answered(app, person_of, filled, monkeypatch, role):
    fuzz_as(app, role, person_of, filled, monkeypatch, MANY)


@pytest.mark.parametrize("name", ["Origin", "Referer"])
@pytest.mark.parametrize("value", ["http://[::1", "http://[", "//[x", "http://\xff", "javascript:x"])
def test_r25_an_address_in_a_header_may_be_none(app, person_of, name, value):
    person = person_of("member")
    headers = {name: value, "Origin": "null"} if name == "Referer" else {name: value}
    response = person.post("/account", {"name": "Anders"}, headers=headers)
    assert response.status_code in (303, 400, 403)
