"""T18: links and answers never follow a forged host; only the configured address and this machine are served."""

import pytest

FORGED = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:80", "wissen.example.org"]


@pytest.mark.parametrize("host", FORGED)
def test_t18_forged_hosts_are_refused(app, visitor, host):
    response = visitor.client.get("/login", headers={"Host": host})
    assert response.status_code == 400
    assert host not in response.get_data(as_text=True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000"])
def test_this_machine_is_served(app, visitor, host):
    assert visitor.client.get("/login", headers={"Host": host}).status_code == 200


def test_t18_forwarded_host_is_ignored(app, visitor):
    response = visitor.client.get("/", headers={"X-Forwarded-Host": "evil.example"})
    assert response.status_code == 303
    assert "evil" not in response.headers["Location"]
