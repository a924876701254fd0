"""Passwords: length, letters, hashes."""

import os
import re
import threading
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bcrypt
import pytest

from hub.accounts import passwords
from hub.accounts.passwords import MOST_WAITING, Hasher, hash_password, is_password, weakness
from hub.core.errors import Busy
from hub.core.turns import AT_ONCE

SENTENCE = "Über die Brücke führt ein schöner Weg"


@pytest.mark.parametrize("length", [12, 71, 72, 73, 127, 128])
def test_t23_every_character_counts_up_to_128(app, length):
    password = "ä" * (length - 1) + "x"
    stored = hash_password(password)
    assert is_password(password, stored)
    assert not is_password(password[:-1] + "y", stored)
    assert not is_password(password[:-1], stored)


@pytest.mark.parametrize("length", [129, 1_000_000])
def test_t23_longer_passwords_are_refused_in_words_and_never_fit(app, length):
    password = "x" * length
    assert "mehr als 128 Zeichen" in weakness(password, [])
    assert not is_password(password, hash_password(password))
    assert not is_password(password, hash_password(password[:128]))


def test_umlauts_are_the_same_on_every_keyboard(app):
    composed, decomposed = (unicodedata.normalize(form, SENTENCE) for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert is_password(decomposed, hash_password(composed))
    assert is_password(composed, hash_password(decomposed))
    longest = unicodedata.normalize("NFD", "ö" * 128)
    assert is_password(longest, hash_password("ö" * 128))
    assert not is_password(longest + "x", hash_password("ö" * 128))


@pytest.mark.parametrize("password", ["", "\0", "\ud800abc", "😀" * 20, " " * 12, "a\nb"])
def test_odd_letters_are_letters(app, password):
    stored = hash_password(password)
    assert is_password(password, stored) and not is_password(password + "x", stored)


def test_a_hash_tells_nothing_and_needs_the_pepper(app):
    stored = hash_password(SENTENCE)
    assert stored.startswith("v1$$2b$") and SENTENCE not in stored
    assert stored != hash_password(SENTENCE)
    app.config["PASSWORD_PEPPER"], old = "another pepper, also only for tests", app.config["PASSWORD_PEPPER"]
    try:
        assert not is_password(SENTENCE, stored)
    finally:
        app.config["PASSWORD_PEPPER"] = old


@pytest.mark.parametrize("stored", [None, "", "v0$x", "plain"])
def test_nothing_fits_where_no_password_is_stored(app, stored, monkeypatch):
    calls = []
    original = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: calls.append(given) or original(*given))
    assert not is_password(SENTENCE, stored)
    assert len(calls) == 1


def test_the_hash_for_nobody_costs_what_a_real_one_costs(app):
    app.config["BCRYPT_COST"], old = 12, app.config["BCRYPT_COST"]
    try:
        assert passwords._dummy_hash().startswith("v1$$2b$12$")
        assert len(passwords._dummy_hash()) == len("v1$") + 60
    finally:
        app.config["BCRYPT_COST"] = old


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("zu kurz", "weniger als 12"),
        ("elfZeichen1", "weniger als 12"),
        ("123456789012", "leicht zu erraten"),
        ("passwort2026", "leicht zu erraten"),
        ("aaaaaaaaaaaaaaaa", "leicht zu erraten"),
        ("qwertzuiopqwertz", "leicht zu erraten"),
        ("Wissensspeicher1", "fast nur aus Ihrem Namen"),
        ("defus wissensspeicher", "fast nur aus Ihrem Namen"),
        ("tauben@stadt-essen", "fast nur aus Ihrem Namen"),
        ("Password1Password1", "leicht zu erraten"),
    ],
)
def test_easy_passwords_are_refused_with_the_reason(app, password, reason):
    context = ["tauben", "stadt-essen", "de", "DEFUS", "Wissensspeicher"]
    assert reason in (weakness(password, context) or "")


@pytest.mark.parametrize(
    "password",
    ["sieben graue Tauben am Bahnhof", SENTENCE, "kX9#vLq2!mZr", "😀 lacht über 😀 und weint", "x" * 3 + SENTENCE * 3],
)
def test_good_passwords_need_no_composition(app, password):
    assert weakness(password, ["tauben", "essen", "DEFUS"]) is None


def test_one_hash_at_a_time_and_in_turn():
    hasher, running, seen = Hasher(), [], []

    def work():
        running.append(1)
        seen.append(len(running))
        time.sleep(0.01)
        running.pop()
        return threading.current_thread().name

    with ThreadPoolExecutor(MOST_WAITING) as pool:
        names = set(pool.map(lambda _: hasher.do(work), range(MOST_WAITING)))
    assert seen == [1] * MOST_WAITING
    assert len(names) == 1


def test_who_finds_too_many_waiting_is_sent_away_at_once_and_threads_are_left(app):
    hasher, go_on = Hasher(), threading.Event()
    with ThreadPoolExecutor(MOST_WAITING) as pool:
        waiting = [pool.submit(hasher.do, go_on.wait) for _ in range(MOST_WAITING)]
        while hasher._places._value:
            time.sleep(0.001)
        with app.test_request_context(), pytest.raises(Busy, match="in ein paar Sekunden"):
            hasher.do(go_on.wait)
        go_on.set()
        assert all(one.result() for one in waiting)
    assert hasher.do(lambda: "wieder frei") == "wieder frei"
    settings = (Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py").read_text(encoding="utf-8")
    assert int(re.search(r"^threads = (\d+)$", settings, re.M)[1]) >= MOST_WAITING + AT_ONCE


def test_who_waits_for_a_hash_leaves_the_turn_to_others(app):
    hasher, go_on, turns = passwords._hasher, threading.Event(), passwords.turns
    with ThreadPoolExecutor(MOST_WAITING) as pool:

        def sign_in():
            with turns.taken():
                return hasher.do(go_on.wait)

        waiting = [pool.submit(sign_in) for _ in range(MOST_WAITING)]
        while hasher._places._value:
            time.sleep(0.001)
        with turns.taken():
            go_on.set()
        assert all(one.result() for one in waiting)
    assert turns._free._value == AT_ONCE


def test_hashing_gives_way_to_everything_else():
    niceness = Hasher().do(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    assert niceness == passwords.GIVING_WAY
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < niceness


def test_a_forked_process_hashes_too(app):
    hash_password(SENTENCE)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, hash_password(SENTENCE).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert is_password(SENTENCE, os.read(reading, 200).decode())


def test_a_sign_in_that_found_no_place_does_not_count_as_a_failure(visitor, make, monkeypatch):
    person = make.user(email="tauben@example.org", password=SENTENCE)

    def full(_self, _work):
        raise Busy("Bitte gleich noch einmal.")

    with monkeypatch.context() as patch:
        patch.setattr(Hasher, "do", full)
        for _ in range(11):
            answer = visitor.post("/login", {"email": person.email, "password": SENTENCE})
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "Bitte gleich noch einmal." in answer.get_data(as_text=True)
    assert visitor.post("/login", {"email": person.email, "password": SENTENCE}).status_code == 303
