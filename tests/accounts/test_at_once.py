"""Several processes at once, on a database of their own: limits are exact, links and codes work once."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROCESSES, GUESSES = 4, 6
PROGRAM = """
import multiprocessing, sys, time
import pyotp
from hub import create_app, preparing
from datetime import timedelta
from hub.accounts import limits
from hub.accounts.limits import Limit
from hub.accounts.service import factors, recovery_codes, time_codes
from hub.accounts.service.organisations import find_or_create
from hub.accounts.service.people import Person, create_user
from hub.accounts.service.signing_in import make_link, sign_in, use_link
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work

app = create_app({"BCRYPT_COST": 4})


def guess(token):
    return [sign_in("tauben@example.org", f"falsch {n}", "192.0.2.1", None, False).name for n in range(GUESSES)]


def redeem(token):
    try:
        return [type(use_link(token)).__name__]
    except Missing:
        return ["Missing"]


def take(token):
    most = [Limit("second", "7", 5), Limit("second", "7", 20, timedelta(hours=1))]
    return ["refused" if limits.take(*most) is None else "taken" for _ in range(GUESSES)]


def show_time_code(token):
    return [factors.check_code(*token) or "none"]


def show_recovery_code(token):
    return [factors.check_code(*token) or "none"]


def work(action, token, start, answers):
    with app.app_context():
        start.wait()
        answers.put(action(token))


def run_at_once(action, token):
    fork = multiprocessing.get_context("fork")
    start, answers = fork.Barrier(PROCESSES), fork.Queue()
    children = [fork.Process(target=work, args=(action, token, start, answers)) for _ in range(PROCESSES)]
    for child in children:
        child.start()
    print(action.__name__, *(word for _ in children for word in answers.get(timeout=60)))
    for child in children:
        child.join()


with app.app_context():
    preparing.migrate()
    person = Person("tauben@example.org", "Tauben", find_or_create(SYSTEM, "Essen").id, Role.MEMBER)
    token = make_link(SYSTEM, create_user(SYSTEM, person, "sieben graue Busse am Bahnhof"), "sign_in")
    user = create_user(SYSTEM, Person("codes@example.org", "Codes", person.organisation_id, Role.MEMBER))
    actor = Actor(id=user.id, name=user.name, role=Role.MEMBER)
    time_codes.begin(actor)
    totp = pyotp.TOTP(time_codes.find_begun_seed(actor))
    with unit_of_work():
        assert time_codes.confirm_begun(actor, totp.generate_otp(int(time.time()) // 30 - 1))
    recovery = (user.id, recovery_codes.renew(user.id)[0])
    db.session.remove()
    db.engine.dispose()
run_at_once(guess, token)
run_at_once(redeem, token)
run_at_once(show_recovery_code, recovery)
run_at_once(show_time_code, (recovery[0], totp.now()))
run_at_once(take, token)
run_at_once(take, token)  # other processes, as after a restart
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_t22_t27_t28_r09_parallel_guesses_reach_exactly_the_limit_and_links_and_codes_work_once(
    request, tmp_path, kind
):
    url = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    if kind == "postgres":
        url = request.getfixturevalue("postgres_server").new_database()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "FLASK_"))}
    settings = {"HUB_INSTANCE": str(tmp_path), "HUB_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    program = f"PROCESSES, GUESSES = {PROCESSES}, {GUESSES}\n{PROGRAM}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=inherited | settings, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    told = [line.split() for line in done.stdout.splitlines()]
    said = {name: Counter(words) for name, *words in told if name != "take"}
    assert said["guess"] == Counter(WRONG=10, TOO_OFTEN=PROCESSES * GUESSES - 10)
    assert said["redeem"] == Counter(SignedIn=1, Missing=PROCESSES - 1)
    [first, second] = [Counter(words) for name, *words in told if name == "take"]
    assert first == Counter(taken=5, refused=PROCESSES * GUESSES - 5)
    assert second == Counter(refused=PROCESSES * GUESSES)
    assert said["show_recovery_code"] == Counter(recovery_code=1, none=PROCESSES - 1)
    assert said["show_time_code"] == Counter(time_code=1, none=PROCESSES - 1)
