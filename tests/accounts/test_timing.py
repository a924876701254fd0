"""T20: how long the sign-in takes does not tell whether an address is known."""

import time
from statistics import median

import pytest

from hub.accounts import limits
from hub.accounts.service.opening import Refusal
from hub.accounts.service.signing_in import sign_in
from hub.core import clock

ONE_DATABASE = True
TRIES, COST = 50, 10  # a quarter of the real cost: the rest of the way weighs four times as much as it really does


@pytest.mark.slow
@pytest.mark.alone
def test_t20_unknown_wrong_and_blocked_take_the_same_time(app, make, monkeypatch):
    monkeypatch.setitem(app.config, "BCRYPT_COST", COST)
    for name in ("PER_ACCOUNT", "PER_ADDRESS", "OVERALL"):
        monkeypatch.setattr(limits, name, 10_000)
    make.user(email="bekannt@example.org", password="sieben graue Tauben am Bahnhof")
    make.user(email="gesperrt@example.org", password="sieben graue Tauben am Bahnhof", blocked_at=clock.now())
    times = {"bekannt": [], "gesperrt": [], "fremd": []}
    for _ in range(TRIES):
        for name, measured in times.items():
            began = time.perf_counter()
            assert sign_in(f"{name}@example.org", "acht rote Busse", "192.0.2.1", None, False) is Refusal.WRONG
            measured.append(time.perf_counter() - began)
    medians = [median(measured) for measured in times.values()]
    assert max(medians) / min(medians) < 1.1, dict(zip(times, medians, strict=True))
