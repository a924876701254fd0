"""Writing letters, and what the office does with those that wait.

A letter is a row from the moment its occasion is committed; a job hands it over. ``hub.mailing.sending`` does that.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, insert_into
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.core.tokens import new_token
from hub.core.unit_of_work import notes_of, unit_of_work
from hub.jobs.service import enqueue
from hub.mailing.models import Letter, Reason, State
from hub.mailing.rendering import render

KIND = "send_letters"
PATIENCE = timedelta(hours=48)
_ASKED = "letters_asked_for"


def is_configured() -> bool:
    """Whether letters leave at all; when not, they stay in the outbox and no page offers one."""
    return current_app.config["MAIL_URL"] is not None


def post(
    template: str, email: str, language: str, once: str | None = None, until: datetime | None = None, **values: Any
) -> bool:
    """Put a letter into the outbox, inside the open unit of work (or one of its own); it leaves after the commit.

    Rendered now from ``templates/mail/<template>.txt`` and ``.html`` with ``values``. Of letters with the same
    ``once`` only the first is written; False for the others. ``until`` is when the letter has become pointless (its
    link has ended); no letter is tried for more than 48 hours.
    """
    now = clock.now()
    rendered = render(template, language, values)
    row = {
        "template": template,
        "recipient": email,
        "language": language,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "once": once,
        "mark": new_token(),
        "state": State.WAITING.value,
        "tries": 0,
        "takes": 0,
        "due_at": now,
        "ends_at": min(until or now + PATIENCE, now + PATIENCE),
        "reason": "",
        "error": "",
        "created_at": now,
    }
    with unit_of_work() as session:
        is_new = session.execute(_insert(session), row).scalar_one_or_none() is not None
        if is_new and is_configured():
            _ask_once(session)
    return is_new


def try_again(actor: Actor, letter_id: int) -> None:
    """Let a letter that waits or has failed leave now; raises Missing when it is on its way, sent or over."""
    require(actor.may(Permission.LETTER_MANAGE))
    with unit_of_work() as session:
        letter = _get_resting(session, letter_id)
        letter.state, letter.due_at = State.WAITING, clock.now()
        record(actor, "letter.retried", letter_id)
        if is_configured():
            enqueue(KIND)


def discard(actor: Actor, letter_id: int) -> None:
    """Give a letter up and forget what it says; raises Missing as ``try_again`` does."""
    require(actor.may(Permission.LETTER_MANAGE))
    with unit_of_work() as session:
        forget(_get_resting(session, letter_id), State.OVER, Reason.DISCARDED)
        record(actor, "letter.discarded", letter_id)


def count_posted(keys: Iterable[str]) -> int:
    """How many of these letters were ever written."""
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.once.in_(list(keys)))) or 0


def take_back(keys: Iterable[str]) -> set[str]:
    """Give up letters, named by their ``once``, that have not left yet; the keys of those that never will.

    Runs in the open unit of work of what made them pointless; a letter that is on its way or gone stays.
    """
    now = clock.now()
    is_free = or_(Letter.claimed_until.is_(None), Letter.claimed_until < now)
    waiting = select(Letter).where(Letter.once.in_(list(keys)), Letter.state == State.WAITING, is_free)
    taken = set()
    with unit_of_work() as session:
        for letter in session.scalars(waiting.with_for_update().execution_options(populate_existing=True)):
            forget(letter, State.OVER, Reason.DISCARDED)
            taken.add(str(letter.once))
    return taken


def forget(letter: Letter, state: State, reason: str) -> None:
    """The letter is sent or given up: from now on nobody can read what it said."""
    letter.state, letter.reason, letter.text, letter.html = state, reason, None, None
    letter.claimed_until, letter.finished_at = None, clock.now()


def _get_resting(session: Session, letter_id: int) -> Letter:
    now = clock.now()
    rests = Letter.state.in_((State.WAITING, State.FAILED)) & (Letter.ends_at > now)
    is_free = or_(Letter.claimed_until.is_(None), Letter.claimed_until < now)
    found = select(Letter).where(Letter.id == letter_id, rests, is_free).with_for_update()
    letter = session.scalar(found.execution_options(populate_existing=True))
    if letter is None:
        raise Missing
    return letter


def _ask_once(session: Session) -> None:
    """However many letters a unit of work writes, one job sends them."""
    notes = notes_of(session)
    if notes is None or not notes.get(_ASKED):
        enqueue(KIND)
    if notes is not None:
        notes[_ASKED] = True


def _insert(session: Session) -> Any:
    return insert_into(session, Letter).on_conflict_do_nothing(index_elements=["once"]).returning(Letter.id)
