"""Emptying the outbox. Before the last byte of a letter leaves, its row says so; so a letter whose fate is unknown (the
server fell silent, the worker died) is left to the office instead of being sent twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, or_, select, update

from hub.core import clock
from hub.core.db import db
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.jobs.service import enqueue
from hub.mailing.composing import compose, sender, travelling
from hub.mailing.models import ERROR_LENGTH, Letter, Reason, State
from hub.mailing.server import Connection, Declined, NotNow, Unclear, Unreachable, server_from
from hub.mailing.service import KIND, forget, is_configured

log = logging.getLogger("hub.mailing")
CLAIM = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)
KEPT = timedelta(days=30)
MOST_BREAKS = 3


class LostClaim(Exception):
    """Another worker holds the letter by now, or the office has discarded it."""


def send_letters(_payload: dict[str, Any]) -> None:
    """Hand over what is due, one after the other; when the server fails, all wait."""
    settle()
    if is_configured():
        _Round().run()


def find_lost(_payload: dict[str, Any]) -> None:
    """The recurring pass: whatever is due and has no job any more gets one."""
    settle()
    due = select(Letter.id).where(Letter.state == State.WAITING, Letter.due_at <= clock.now()).limit(1)
    if is_configured() and db.session.scalar(due) is not None:
        enqueue(KIND)


def wait_after(tries: int) -> timedelta:
    """How long a letter rests after its n-th failure: a minute, then twice as long each time, two hours at most."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 10))


def settle() -> None:
    """Give up what has waited too long, note what lost its worker at the last moment, forget old rows."""
    now = clock.now()
    lost = (Letter.state == State.HANDED) & (Letter.claimed_until < now)
    ended = Letter.state.in_((State.WAITING, State.FAILED)) & (Letter.ends_at <= now) & _is_free(now)
    old = Letter.state.in_((State.SENT, State.OVER)) & (Letter.finished_at < now - KEPT)
    with unit_of_work() as session:
        failed = {"state": State.FAILED.value, "claimed_until": None, "reason": Reason.UNCLEAR.value}
        session.execute(update(Letter).where(lost).values(**failed))
        for letter in session.scalars(select(Letter).where(ended).with_for_update()):
            forget(letter, State.OVER, letter.reason or Reason.UNSET)
        session.execute(delete(Letter).where(old))


class _Round:
    """One pass over what is due, over one connection as long as it holds."""

    def __init__(self) -> None:
        self._server = server_from(current_app.config["MAIL_URL"])
        self._sender = sender().addr_spec
        self._connection: Connection | None = None
        self._breaks = 0

    def run(self) -> None:
        try:
            while letter := _claim():
                try:
                    self._send(letter)
                except LostClaim:
                    self._drop()
        finally:
            if self._connection is not None:
                self._connection.close()

    def _send(self, letter: Letter) -> None:
        try:
            message, recipient = compose(letter, clock.now()), travelling(letter.recipient)
        except ValueError:
            return _change(letter, lambda row: _fail(row, Reason.ADDRESS, ""))
        try:
            if self._connection is None:
                self._connection = Connection(self._server)
            self._connection.send(message, self._sender, recipient, lambda: _mark_handed(letter))
        except Unreachable as error:
            self._break(letter, str(error))
        except NotNow as error:
            said = str(error)
            _change(letter, lambda row: _postpone(row, Reason.LATER, said))
        except Declined as error:
            said = str(error)
            _change(letter, lambda row: _fail(row, Reason.DECLINED, said))
        except Unclear as error:
            self._drop()
            said = str(error)
            _change(letter, lambda row: _fail(row, Reason.UNCLEAR, said))
        else:
            self._breaks = 0
            _change(letter, lambda row: forget(row, State.SENT, ""))

    def _break(self, letter: Letter, said: str) -> None:
        """Without a connection all wait; one that broke with a letter may have to do with that letter alone."""
        log.warning("the mail server cannot be reached: %s", said)
        self._breaks += 1
        is_down = self._connection is None or self._breaks >= MOST_BREAKS
        self._drop()
        _change(letter, lambda row: _postpone(row, Reason.SERVER, said))
        if is_down:
            _postpone_all(said)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
        self._connection = None


def _claim() -> Letter | None:
    """Take the letter due longest; no other worker gets it while the claim lasts."""
    now = clock.now()
    due = select(Letter).where(Letter.state == State.WAITING, Letter.due_at <= now, Letter.ends_at > now, _is_free(now))
    first = due.order_by(Letter.due_at, Letter.id).limit(1).with_for_update(skip_locked=True)
    with unit_of_work() as session:
        letter = session.scalar(first.execution_options(populate_existing=True))
        if letter is not None:
            letter.claimed_until = now + CLAIM
            letter.tries, letter.takes = letter.tries + 1, letter.takes + 1
    return letter


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Letter.claimed_until.is_(None), Letter.claimed_until < now)


def _postpone_all(said: str) -> None:
    """Whatever else is due has been tried by this, too."""
    now = clock.now()
    due = select(Letter).where(Letter.state == State.WAITING, Letter.due_at <= now, _is_free(now)).with_for_update()
    with unit_of_work() as session:
        for letter in session.scalars(due.execution_options(populate_existing=True)):
            letter.tries += 1
            _postpone(letter, Reason.SERVER, said)


def _mark_handed(letter: Letter) -> None:
    _change(letter, lambda row: setattr(row, "state", State.HANDED))


def _change(letter: Letter, change: Callable[[Letter], object]) -> None:
    """Change the row if it is still ours."""
    with unit_of_work() as session:
        mine = select(Letter).where(Letter.id == letter.id, Letter.takes == letter.takes)
        row = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
        if row is None or row.claimed_until is None:
            raise LostClaim(letter.id)
        change(row)


def _postpone(letter: Letter, reason: Reason, said: str) -> None:
    """Try again later; one job does all letters that wait for the same minute."""
    _note(letter, State.WAITING, reason, said)
    letter.due_at = clock.now() + wait_after(letter.tries)
    minute = letter.due_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    enqueue(KIND, key=f"{clock.local(minute):%d.%m.%Y %H:%M}", due_at=minute)


def _fail(letter: Letter, reason: Reason, said: str) -> None:
    """Nothing more happens by itself; the office may try again until the letter ends."""
    _note(letter, State.FAILED, reason, said)


def _note(letter: Letter, state: State, reason: Reason, said: str) -> None:
    letter.state, letter.claimed_until, letter.reason = state, None, reason
    letter.error = clean_line(said)[:ERROR_LENGTH]
