"""Showing again who one is, before a sensitive step: the session notes the proof and gets a new reference."""

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.accounts import limits, passwords, queries, sessions
from hub.accounts.models import User
from hub.accounts.service import factors, passkeys
from hub.audit.service import record
from hub.core.actor import Actor, Proof, require
from hub.core.errors import Busy, Refused
from hub.core.unit_of_work import unit_of_work

TOO_OFTEN = _l("Es gab zu viele Versuche, die nicht gelungen sind. Bitte warten Sie fünf Minuten.")


class WrongPassword(Refused):
    """The present password (or code) was asked for and did not fit, or was guessed too often."""


def confirm_by_password(actor: Actor, password: str, address: str) -> None:
    """Note that the person knows the password; raises WrongPassword in words."""
    if not is_own_password(actor, queries.get_own_user(actor), password, address):
        raise WrongPassword(_("Das Passwort stimmt nicht. Bitte prüfen Sie es."))
    _note(actor, Proof.PASSWORD)


def confirm_by_code(actor: Actor, code: str, browser: str | None) -> None:
    """Note a code of the app or a recovery code; raises WrongPassword in words. Wrong ones count as at the sign-in."""
    user_id = factors.own_id(actor)
    attempt = limits.take_second_place(user_id, browser)
    if attempt is None:
        raise WrongPassword(TOO_OFTEN)
    proof = factors.check_code(user_id, code)
    if proof is None:
        raise WrongPassword(_("Der Code passt nicht oder wurde schon benutzt."))
    limits.give_back(attempt)
    _note(actor, proof)


def confirm_by_passkey(actor: Actor, bound_to: str, answer: str, browser: str | None) -> None:
    """Note a passkey of the actor; raises WrongPassword in words."""
    user_id = factors.own_id(actor)
    attempt = limits.take_second_place(user_id, browser)
    if attempt is None:
        raise WrongPassword(TOO_OFTEN)
    if passkeys.check(bound_to, passkeys.CONFIRM, answer, user_id) is None:
        raise WrongPassword(_("Der Passkey ließ sich nicht prüfen. Bitte versuchen Sie es noch einmal."))
    limits.give_back(attempt)
    _note(actor, Proof.PASSKEY)


def confirm_example(actor: Actor) -> None:
    """Example accounts have no password: on a hub that only this machine reaches a click is enough."""
    require(may_confirm_by_click(queries.get_own_user(actor)))
    _note(actor, Proof.LINK)


def may_confirm_by_click(user: User) -> bool:
    """Whether this is an example account without a password, on a hub that only this machine reaches."""
    return user.is_example and user.password_hash is None and not current_app.config["SECURE"]


def is_own_password(actor: Actor, user: User, password: str, address: str) -> bool:
    """Check the password of the actor; raises WrongPassword after too many guesses.

    Wrong guesses are counted like failed sign-ins, in a count of this session's own.
    """
    attempt = limits.take_place(user.email, address, f"session {actor.session_id}")
    if attempt is None:
        raise WrongPassword(TOO_OFTEN)
    try:
        is_right = passwords.is_password(password, user.password_hash)
    except Busy:
        limits.give_back(attempt)
        raise
    if not is_right:
        return False
    limits.give_back(attempt)
    return True


def _note(actor: Actor, proof: Proof) -> None:
    with unit_of_work():
        sessions.prove(actor, proof)
        record(actor, "session.confirmed", actor.id, way=proof)
