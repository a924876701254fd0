"""A letter as a message: always the same headers, nothing that follows the reader."""

from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app

from hub.core.text import clean_line
from hub.mailing.models import Letter

if TYPE_CHECKING:  # the web workers do without
    from email.headerregistry import Address
    from email.message import EmailMessage

HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type",
)  # fmt: skip


def compose(letter: Letter, moment: datetime) -> "EmailMessage":
    """The message of a letter that still has its text; raises ValueError when its address cannot stand in a header."""
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["From"] = sender()
    message["To"] = travelling(letter.recipient)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = moment
    message["Message-ID"] = f"<{letter.mark}@{host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text or "", cte="quoted-printable")
    message.add_alternative(letter.html or "", subtype="html", cte="quoted-printable")
    return message


def travelling(address: str) -> str:
    """An address as every mail server understands it, by the one strict parser; raises ValueError."""
    from email_validator import validate_email

    found = validate_email(address, check_deliverability=False, test_environment=True).ascii_email
    if found is None:
        raise ValueError("letters outside of ASCII before the @")
    return found


def sender() -> "Address":
    """Whom letters come from: the configured address, with the hub's name unless it brings one."""
    from email.headerregistry import Address

    name, address = parseaddr(current_app.config["MAIL_FROM"] or f"noreply@{host()}")
    return Address(one_line(name or current_app.config["TITLE"]), addr_spec=address)


def one_line(text: str) -> str:
    """A text for a header: one line, and nothing that a mail program would decode once more."""
    return "".join(letter for letter in clean_line(text) if letter.isprintable()).replace("=?", "= ?")


def host() -> str:
    """The name of the hub on the right side of a Message-ID."""
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
