"""The mail server, spoken to so that one always knows whether it has taken a letter."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:  # the web workers do without
    from email.message import EmailMessage

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SECONDS, LONGEST_SECONDS = 20.0, 90.0


class Unreachable(Exception):
    """No letter can be handed over now: no connection, no TLS, no login, or the connection is gone."""


class NotNow(Exception):
    """The server does not take this letter at the moment."""


class Declined(Exception):
    """The server will never take this letter as it is."""


class Unclear(Exception):
    """The server had the whole letter and went away before it said whether it takes it."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over; ``is_tls`` from the first byte, otherwise STARTTLS."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_tls: bool

    @property
    def needs_tls(self) -> bool:
        """Nothing goes in the clear except to this very machine."""
        return self.host not in LOOPBACK


def server_from(url: str) -> MailServer:
    """The server of HUB_MAIL_URL, which ``config`` has checked."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    user, password = (unquote(value) if value else None for value in (parts.username, parts.password))
    return MailServer(parts.hostname or "", parts.port or (465 if is_tls else 587), user, password, is_tls)


class Connection:
    """An open connection; made for the first letter, used for all that follow."""

    def __init__(self, server: MailServer) -> None:
        import smtplib

        self._smtplib = smtplib
        try:
            self._smtp = self._open(server)
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_words(error)) from error

    def send(self, message: "EmailMessage", sender: str, recipient: str, note: Callable[[], None]) -> None:
        """Hand one message over. ``note`` is called before the dot after which the server may have taken it.

        Raises Unreachable, NotNow, Declined or Unclear; what was not taken is not kept by the server.
        """
        watch = threading.Timer(LONGEST_SECONDS, self._cut)
        watch.daemon = True
        watch.start()
        try:
            self._hand_over(message, sender, recipient, note)
        finally:
            watch.cancel()

    def close(self) -> None:
        """Say goodbye; nobody minds when the other side has gone."""
        try:
            self._smtp.quit()
        except (OSError, self._smtplib.SMTPException):
            self._smtp.close()

    def drop(self) -> None:
        """Let go of a connection that is broken or in the middle of something."""
        self._smtp.close()

    def _open(self, server: MailServer) -> Any:
        context = ssl.create_default_context()
        if server.is_tls:
            smtp: Any = self._smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            smtp = self._smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            smtp.ehlo()
            if not server.is_tls and (server.needs_tls or smtp.has_extn("starttls")):
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user is not None:
                smtp.login(server.user, server.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _hand_over(
        self, message: "EmailMessage", sender: str, recipient: str, note: Callable[[], None]
    ) -> None:
        try:
            self._smtp.rset()
            self._expect(self._smtp.mail(sender), 250)
            self._expect(self._smtp.rcpt(recipient), 250, 251)
            self._expect(self._smtp.docmd("data"), 354)
            self._smtp.send(_dotted(message))
        except (OSError, self._smtplib.SMTPException) as error:
            raise Unreachable(_words(error)) from error
        note()
        try:
            self._smtp.send(b".\r\n")
            answer = self._smtp.getreply()
        except (OSError, self._smtplib.SMTPException) as error:
            raise Unclear(_words(error)) from error
        self._expect(answer, 250)

    def _expect(self, answer: tuple[int, bytes], *wanted: int) -> None:
        code, words = answer
        if code in wanted:
            return
        text = f"{code} {words.decode('utf-8', 'replace')}"
        if code == 421:
            raise Unreachable(text)
        raise Declined(text) if code >= 500 else NotNow(text)

    def _cut(self) -> None:
        """A server that answers a letter byte by byte does not hold up the others."""
        with suppress(OSError, AttributeError):
            self._smtp.sock.shutdown(socket.SHUT_RDWR)


def _dotted(message: "EmailMessage") -> bytes:
    """The bytes as they travel: lines end with CRLF, a dot at the start of a line is doubled."""
    data = message.as_bytes()
    data = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in data.split(b"\r\n"))
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _words(error: Exception) -> str:
    code, said = getattr(error, "smtp_code", None), getattr(error, "smtp_error", b"")
    if code is not None:
        return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return f"{type(error).__name__}: {error}"
