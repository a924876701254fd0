"""R17: a mail server that is down, slow, picky or dies; letters leave at most once, and what they said is forgotten."""

import socket
import threading
import time
from datetime import timedelta
from itertools import pairwise

from flask import Flask
from sqlalchemy import select, update

from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.jobs.models import Job
from hub.jobs.models import State as JobState
from hub.jobs.worker import do_all_due
from hub.mailing import sending, server, service
from hub.mailing.composing import HEADERS
from hub.mailing.models import Letter, Reason, State
from tests.accounts.held_clock import hold_clock
from tests.support.mail import PostOffice


def post(email: str = "erna@example.org", **more) -> None:
    service.post("probe", email, "de", name="Erna", **more)


def letter(email: str = "erna@example.org") -> Letter:
    db.session.rollback()
    found = db.session.scalar(select(Letter).where(Letter.recipient == email).execution_options(populate_existing=True))
    assert found is not None
    return found


def due_again_in() -> list[timedelta]:
    """When the open jobs that send letters are due, from now."""
    rows = db.session.scalars(select(Job.due_at).where(Job.kind == service.KIND, Job.state == JobState.OPEN))
    return sorted(moment - clock.now() for moment in rows)


def test_letter_arrives_as_text_and_html_and_is_forgotten(hub: Flask, post_office: PostOffice):
    post()
    do_all_due()
    [message] = post_office.messages()
    assert [name for name in message if name != "X-Envelope"] == list(HEADERS)
    assert (message["To"], message["X-Envelope"]) == ("erna@example.org", "erna@example.org")
    assert message["From"] == "DEFUS Wissensspeicher <hub@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert message["Message-ID"].endswith("@127.0.0.1>")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "diese E-Mail kam an" in message.get_body(("plain",)).get_content()
    assert "diese E-Mail kam an" in message.get_body(("html",)).get_content()
    row = letter()
    assert (row.state, row.text, row.html, row.tries) == (State.SENT, None, None, 1)


def test_letters_follow_nobody(hub: Flask, post_office: PostOffice):
    post()
    do_all_due()
    html = post_office.messages()[0].get_body(("html",)).get_content()
    assert not any(word in html for word in ("<img", "<script", "url(", "@import", "<link"))


def test_lines_with_dots_and_umlauts_arrive_as_they_were(hub: Flask, post_office: PostOffice):
    text = ".\n..zwei\nÄpfel & Größe\n" + "lang " * 400 + "\n.\n"
    post()
    with unit_of_work() as session:
        session.execute(update(Letter).values(text=text))
    do_all_due()
    assert post_office.messages()[0].get_body(("plain",)).get_content().replace("\r\n", "\n") == text


def test_r17_server_that_is_down_is_tried_again_with_growing_waits(hub: Flask, post_office: PostOffice, monkeypatch):
    post_office.close()
    post()
    waits = []
    for _ in range(10):
        do_all_due()
        row = letter()
        assert (row.state, row.reason) == (State.WAITING, Reason.SERVER)
        waits.append(row.due_at - clock.now())
        [soon] = due_again_in()
        assert row.due_at - clock.now() <= soon <= row.due_at - clock.now() + timedelta(minutes=1)
        hold_clock(monkeypatch, soon)
    assert all(1.4 < later / earlier < 2.1 for earlier, later in pairwise(waits[:7]))
    assert timedelta(seconds=50) < waits[0] <= timedelta(minutes=1)
    assert timedelta(minutes=119) < waits[-1] <= timedelta(minutes=120)
    assert letter().text is not None
    post_office.open()
    monkeypatch.setitem(hub.config, "MAIL_URL", post_office.url)
    do_all_due()
    assert len(post_office.messages()) == 1
    assert letter().state == State.SENT


def test_r17_after_48_hours_a_letter_is_given_up_and_forgotten(hub: Flask, post_office: PostOffice, monkeypatch):
    post_office.close()
    post()
    do_all_due()
    hold_clock(monkeypatch, timedelta(hours=47, minutes=59))
    sending.settle()
    assert letter().state == State.WAITING
    hold_clock(monkeypatch, timedelta(minutes=1))
    sending.find_lost({})
    row = letter()
    assert (row.state, row.reason, row.text, row.html) == (State.OVER, Reason.SERVER, None, None)


def test_letter_whose_link_has_ended_is_not_sent(hub: Flask, post_office: PostOffice, monkeypatch):
    post(until=clock.now() + timedelta(minutes=20))
    hold_clock(monkeypatch, timedelta(minutes=20))
    do_all_due()
    assert post_office.messages() == []
    assert (letter().state, letter().text) == (State.OVER, None)


def test_r17_refused_recipient_holds_up_nobody_and_can_be_tried_again(hub: Flask, post_office: PostOffice, editor):
    post_office.fail(RCPT={"weg@example.org": "550 5.1.1 no such box", "voll@example.org": "452 4.2.2 full"})
    for email in ("weg@example.org", "voll@example.org", "erna@example.org"):
        post(email)
    do_all_due()
    assert [message["To"] for message in post_office.messages()] == ["erna@example.org"]
    gone, full = letter("weg@example.org"), letter("voll@example.org")
    assert (gone.state, gone.reason, gone.error) == (State.FAILED, Reason.DECLINED, "550 5.1.1 no such box")
    assert (full.state, full.reason, full.error) == (State.WAITING, Reason.LATER, "452 4.2.2 full")
    post_office.fail()
    service.try_again(editor, gone.id)
    service.try_again(editor, full.id)
    do_all_due()
    assert len(post_office.messages()) == 3


def test_r17_server_that_dies_after_data_does_not_get_it_twice(hub: Flask, post_office: PostOffice, monkeypatch):
    post_office.fail(die_after="DATA")
    post()
    do_all_due()
    assert (letter().state, letter().reason) == (State.FAILED, Reason.UNCLEAR)
    post_office.fail()
    hold_clock(monkeypatch, timedelta(hours=5))
    sending.find_lost({})
    do_all_due()
    assert len(post_office.messages()) == 1
    hold_clock(monkeypatch, timedelta(hours=44))
    sending.find_lost({})
    assert (letter().state, letter().reason, letter().text) == (State.OVER, Reason.UNCLEAR, None)


def test_r17_server_that_dies_before_it_has_the_letter_gets_it_later(hub: Flask, post_office: PostOffice, monkeypatch):
    post_office.fail(die="MAIL")
    post()
    do_all_due()
    assert (letter().state, letter().reason) == (State.WAITING, Reason.SERVER)
    post_office.fail()
    hold_clock(monkeypatch, timedelta(minutes=3))
    do_all_due()
    assert len(post_office.messages()) == 1


def test_r17_temporary_answer_after_data_is_no_delivery(hub: Flask, post_office: PostOffice, monkeypatch):
    post_office.fail(DATA="451 4.3.0 try later")
    post()
    do_all_due()
    assert (letter().state, letter().reason) == (State.WAITING, Reason.LATER)
    post_office.fail()
    hold_clock(monkeypatch, timedelta(minutes=3))
    do_all_due()
    assert len(post_office.messages()) == 1


def test_r17_server_that_breaks_with_one_letter_gets_the_others(hub: Flask, post_office: PostOffice, monkeypatch):
    """A letter on which the connection breaks each time must not keep those behind it waiting for ever."""
    original = server.Connection._hand_over

    def breaks(self, message, sender, recipient, note):
        if recipient == "gift@example.org":
            self._smtp.sock.shutdown(socket.SHUT_RDWR)
        original(self, message, sender, recipient, note)

    monkeypatch.setattr(server.Connection, "_hand_over", breaks)
    for email in ("gift@example.org", "erna@example.org", "otto@example.org"):
        post(email)
    do_all_due()
    assert [message["To"] for message in post_office.messages()] == ["erna@example.org", "otto@example.org"]
    assert letter("gift@example.org").state == State.WAITING


def test_r17_when_the_server_is_down_one_attempt_counts_for_all(hub: Flask, post_office: PostOffice, monkeypatch):
    attempts = []
    original = server.Connection.__init__
    monkeypatch.setattr(
        server.Connection, "__init__", lambda self, where: (attempts.append(where), original(self, where))[1]
    )
    post_office.close()
    for number in range(20):
        post(f"person{number}@example.org")
    do_all_due()
    assert len(attempts) == 1
    assert letter("person19@example.org").tries == 1


def test_r17_slow_server_is_waited_for_and_a_silent_one_is_not(hub: Flask, post_office: PostOffice, monkeypatch):
    monkeypatch.setattr(server, "SECONDS", 1.0)
    post_office.fail(sleep={"RCPT": 0.5})
    post()
    do_all_due()
    assert letter().state == State.SENT
    post_office.fail(sleep={"RCPT": 5})
    post("otto@example.org")
    begun = time.monotonic()
    do_all_due()
    assert time.monotonic() - begun < 4
    assert letter("otto@example.org").state == State.WAITING


def test_r17_server_that_answers_byte_by_byte_is_cut_off(hub: Flask, monkeypatch):
    monkeypatch.setattr(server, "LONGEST_SECONDS", 1.0)
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        line, _address = listening.accept()
        with line:
            for part in (b"220 hub\r\n", b"250 hub\r\n"):
                line.sendall(part)
                line.recv(1000)
            while not ended.is_set():
                try:
                    line.sendall(b"x")
                except OSError:
                    return
                ended.wait(0.1)

    thread = threading.Thread(target=drip)
    thread.start()
    monkeypatch.setitem(hub.config, "MAIL_URL", f"smtp://127.0.0.1:{listening.getsockname()[1]}")
    post()
    begun = time.monotonic()
    sending.send_letters({})
    assert time.monotonic() - begun < 5
    assert letter().state == State.WAITING
    ended.set()
    thread.join()
    listening.close()


def test_r17_worker_that_died_at_the_last_moment_leaves_the_letter_to_the_office(hub: Flask, post_office: PostOffice):
    post()
    with unit_of_work() as session:
        past = clock.now() - timedelta(minutes=1)
        session.execute(update(Letter).values(state=State.HANDED, claimed_until=past))
    do_all_due()
    assert post_office.messages() == []
    assert (letter().state, letter().reason) == (State.FAILED, Reason.UNCLEAR)


def test_r17_worker_that_died_before_loses_nothing(hub: Flask, post_office: PostOffice):
    post()
    with unit_of_work() as session:
        session.execute(update(Letter).values(claimed_until=clock.now() - timedelta(minutes=1), takes=1))
    do_all_due()
    assert letter().state == State.SENT


def test_letter_without_a_job_is_found(hub: Flask, post_office: PostOffice, monkeypatch):
    monkeypatch.setitem(hub.config, "MAIL_URL", None)
    post()
    assert due_again_in() == []
    monkeypatch.setitem(hub.config, "MAIL_URL", post_office.url)
    sending.find_lost({})
    do_all_due()
    assert letter().state == State.SENT


def test_discarded_letter_is_forgotten_and_never_sent(hub: Flask, post_office: PostOffice, editor):
    post()
    service.discard(editor, letter().id)
    do_all_due()
    assert post_office.messages() == []
    assert (letter().state, letter().text) == (State.OVER, None)


def test_old_rows_are_forgotten_after_thirty_days(hub: Flask, post_office: PostOffice, monkeypatch):
    post()
    do_all_due()
    hold_clock(monkeypatch, timedelta(days=30, minutes=1))
    sending.settle()
    db.session.rollback()
    assert db.session.scalar(select(Letter.id)) is None


def test_address_that_cannot_stand_in_a_header_fails_alone(hub: Flask, post_office: PostOffice):
    odd = ["kein konto@@example.org", "a@example.org, b@example.org", "a@x.de\r\nBcc: b@example.org", "jürgen@x.de"]
    for email in odd:
        post(email)
    post("erna@städte.example")
    do_all_due()
    assert [message["To"] for message in post_office.messages()] == ["erna@xn--stdte-hra.example"]
    assert {letter(email).reason for email in odd} == {Reason.ADDRESS}
