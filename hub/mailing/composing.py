"""A letter as a message: always the same headers, nothing that follows the reader."""

from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import current_app

from hub.mailing.models import Letter

HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type",
)  # fmt: skip


def compose(letter: Letter, moment: datetime) -> EmailMessage:
    """The message of a letter that still has its text; raises ValueError when its address cannot stand in a header."""
    from email import policy
    from email.headerregistry import Address

    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender()
    message["To"] = Address(addr_spec=letter.recipient)
    message["Subject"] = letter.subject
    message["Date"] = moment
    message["Message-ID"] = f"<{letter.mark}@{host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text or "", cte="quoted-printable")
    message.add_alternative(letter.html or "", subtype="html", cte="quoted-printable")
    return message


def sender() -> str:
    """Whom letters come from: the configured address, with the hub's name unless it brings one."""
    from email.headerregistry import Address

    given = str(current_app.config["MAIL_FROM"] or f"noreply@{host()}")
    return given if "<" in given else str(Address(current_app.config["TITLE"], addr_spec=given))


def host() -> str:
    """The name of the hub on the right side of a Message-ID."""
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
