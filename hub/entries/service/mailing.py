"""Contributions by mail: whose they are, what becomes of them, and the own secret address of a person."""

import base64
import io
import secrets
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete

from hub.audit.service import record
from hub.core.actor import Actor, require
from hub.core.errors import Refused
from hub.core.tokens import hash_token
from hub.core.unit_of_work import unit_of_work
from hub.entries import mail, policy
from hub.entries.mail import Letter
from hub.entries.models import Entry, Kind, MailToken
from hub.entries.queries import mailing as queries
from hub.entries.service.contributing import EntryDetails, draft_entry
from hub.entries.service.files import hold_upload

TOKEN_BYTES = 20
MOST_A_DAY = 60


class UnknownSender(Exception):
    """Nobody with an account is behind the mail."""


class Unproven(Exception):
    """The mail server did not find the sender to be genuine."""


class TooMany(Exception):
    """The person has sent more mails today than one does."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The draft, and why some attachments are not part of it."""

    entry: Entry
    refused: list[str]


def renew_address(actor: Actor) -> str:
    """A new own address; an earlier one ends. Only its hash is kept. Raises Refused when the hub takes no mail."""
    require(policy.may_submit(actor))
    mail_in = current_app.config["MAIL_IN"]
    if not mail_in or actor.id is None:
        raise Refused(_("Für den Wissensspeicher ist noch keine E-Mail-Adresse eingerichtet."))
    token = base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().lower()
    with unit_of_work() as session:
        session.execute(delete(MailToken).where(MailToken.user_id == actor.id))
        session.add(MailToken(user_id=actor.id, token_hash=hash_token(token)))
        record(actor, "mail_address.renewed", actor.id)
    local, _at, domain = mail_in.partition("@")
    return f"{local}+{token}@{domain}"


def end_address(actor: Actor) -> None:
    """The own address ends."""
    with unit_of_work() as session:
        session.execute(delete(MailToken).where(MailToken.user_id == actor.id))
        record(actor, "mail_address.ended", actor.id)


def take_in(letter: Letter, recipient: str, server: str | None) -> Taken:
    """Make a draft of the person's from a letter: its first link, its attachments, its subject as title.

    Raises Unproven, UnknownSender, TooMany, and Refused when there is nothing to take.
    """
    actor = _person_of(letter, recipient, server)
    if queries.count_taken_today(actor) >= MOST_A_DAY:
        raise TooMany
    file_ids, refused = [], []
    for name, content in letter.attachments:
        try:
            file_ids.append(hold_upload(actor, io.BytesIO(content), name).id)
        except Refused as error:
            refused.append(error.message)
    if not letter.link and not file_ids:
        reason = _("Die Nachricht enthält weder einen Link noch einen Anhang, den der Wissensspeicher annimmt.")
        raise Refused(" ".join([reason, *refused]))
    details = EntryDetails(title=letter.subject, kind=Kind.DOKUMENT, collection_ids=[], url=letter.link or None)
    with unit_of_work():
        entry = draft_entry(actor, details, file_ids)
        record(actor, queries.TAKEN, entry.id, files=len(file_ids))
    return Taken(entry, refused)


def _person_of(letter: Letter, recipient: str, server: str | None) -> Actor:
    """Whose letter it is: by the secret in the recipient's address, else by the sender's address."""
    _local, plus, token = recipient.strip().lower().partition("@")[0].partition("+")
    if plus:
        actor = queries.find_owner(hash_token(token))
    else:
        if server and not mail.is_vouched_for(letter, server):
            raise Unproven
        actor = queries.find_sender(letter.sender)
    if actor is None:
        raise UnknownSender
    return actor
