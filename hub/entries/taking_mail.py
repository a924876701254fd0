"""What a mail server gets to hear when it hands over a mail: an exit code of sysexits.h and one sentence."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from hub.core.errors import Conflict, NotAllowed, Refused
from hub.entries import mail
from hub.entries.service import mailing

log = logging.getLogger("hub.entries")
DATAERR, NOUSER, TEMPFAIL, NOPERM = os.EX_DATAERR, os.EX_NOUSER, os.EX_TEMPFAIL, os.EX_NOPERM
PATIENCE = 20
LATER = "Der Wissensspeicher nimmt die Nachricht gerade nicht an. Bitte später noch einmal."


def take(stream: IO[bytes], recipient: str) -> tuple[int, str]:
    """Take a mail in; never raises for what a mail holds. Automatic answers are dropped without a word to anybody."""
    try:
        with _limited():
            letter = mail.read(stream.read(mail.MOST_BYTES + 1))
    except mail.Unreadable as error:
        return DATAERR, str(error)
    if letter.is_automatic:
        return os.EX_OK, "Automatische Nachricht, nicht aufgenommen."
    try:
        taken = mailing.take_in(letter, recipient, current_app.config["MAIL_AUTHSERV"])
    except mailing.Unproven:
        return NOPERM, "Der Absender ist nicht nachgewiesen (SPF, DKIM, DMARC)."
    except (mailing.UnknownSender, NotAllowed):
        return NOUSER, "Zu dieser Adresse gibt es kein Konto."
    except Refused as error:
        return DATAERR, error.message
    except (mailing.TooMany, Conflict, SQLAlchemyError, OSError) as error:
        log.warning("a mail waits: %s", type(error).__name__)
        return TEMPFAIL, LATER
    return os.EX_OK, " ".join([f"Entwurf {taken.entry.id} angelegt.", *taken.refused])


@contextmanager
def _limited() -> Iterator[None]:
    """Reading takes seconds at most; a mail made to take longer is not read to its end."""

    def stop(_signal: int, _frame: object) -> None:
        raise mail.Unreadable("Die Nachricht ist nicht zu lesen.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
