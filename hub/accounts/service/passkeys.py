"""Passkeys (WebAuthn): key pairs in people's devices, as the second factor or as the way in without a password.

The library checks signatures; here stand our rules: the person must show the device who they are (finger, face, PIN),
a challenge belongs to one browser and one purpose and is used once, the hub's address is the configured one.
"""

import ipaddress
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from hub.accounts import limits, queries
from hub.accounts.factor_models import Passkey, PasskeyChallenge
from hub.accounts.half_open import Waiting
from hub.accounts.models import User
from hub.accounts.service import factors, second_step
from hub.accounts.service.opening import Refusal, SignedIn, open_session
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, Proof
from hub.core.db import db
from hub.core.errors import Missing, Refused
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work

LIFETIME = timedelta(minutes=5)
MOST = 20
LONGEST_ANSWER = 20_000
LONGEST_NAME = 80
BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,1400}")
ADD, SIGN_IN, SECOND, CONFIRM = "add", "sign_in", "second", "confirm"


def are_possible() -> bool:
    """Browsers know passkeys for names only: not for a hub whose address is a number, like 127.0.0.1."""
    try:
        ipaddress.ip_address(_host())
    except ValueError:
        return True
    return False


def begin_adding(actor: Actor, bound_to: str) -> str:
    """What the browser needs to make a new passkey, as JSON."""
    import webauthn
    from webauthn.helpers import bytes_to_base64url, generate_user_handle
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    user = queries.get_own_user(actor)
    known = factors.find(user.id).passkeys
    handle = known[0].handle if known else bytes_to_base64url(generate_user_handle())
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=current_app.config["TITLE"],
        user_name=user.email,
        user_display_name=user.name,
        user_id=webauthn.base64url_to_bytes(handle),
        exclude_credentials=_descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    _keep_challenge(bound_to, ADD, options.challenge, handle)
    return webauthn.options_to_json(options)


def add(actor: Actor, bound_to: str, answer: str, name: str) -> list[str]:
    """Take in a new passkey; returns new recovery codes when there were none. Raises Refused."""
    import webauthn

    challenge = _take_challenge(bound_to, ADD)
    made = challenge and _checked(
        lambda: webauthn.verify_registration_response(
            credential=_as_object(answer),
            expected_challenge=webauthn.base64url_to_bytes(challenge.challenge),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    )
    if challenge is None or made is None:
        raise Refused(_("Der Passkey ließ sich nicht prüfen. Bitte versuchen Sie es noch einmal."))
    with unit_of_work() as session:
        if factors.find(factors.own_id(actor)).count >= MOST:
            raise Refused(_("Mehr als %(n)s Passkeys gehen nicht. Bitte entfernen Sie zuerst einen.", n=MOST))
        passkey = Passkey(
            user_id=actor.id,
            credential_id=webauthn.helpers.bytes_to_base64url(made.credential_id),
            public_key=webauthn.helpers.bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            handle=challenge.handle,
            transports=_transports(answer),
            name=_tidy(name),
        )
        session.add(passkey)
        session.flush()
        record(actor, "user.passkey_added", actor.id, passkey=passkey.id)
        return factors.has_changed(
            actor, Proof.PASSKEY, _l("Der Passkey „%(name)s“ wurde hinzugefügt.", name=passkey.name)
        )


def begin(bound_to: str, purpose: str, user_id: int | None = None) -> str:
    """What the browser needs to show a passkey, as JSON; of one person, or of whoever it belongs to."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    known = factors.find(user_id).passkeys if user_id is not None else []
    options = webauthn.generate_authentication_options(
        rp_id=_host(), allow_credentials=_descriptors(known), user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep_challenge(bound_to, purpose, options.challenge)
    return webauthn.options_to_json(options)


def check(bound_to: str, purpose: str, answer: str, user_id: int | None = None) -> Passkey | None:
    """The passkey that has signed the challenge of this browser; None when nothing fits. Its use is noted."""
    import webauthn

    challenge = _take_challenge(bound_to, purpose)
    given = _as_object(answer)
    passkey = _find_by_credential(given.get("id"), user_id)
    if challenge is None or passkey is None or not _is_of_handle(given, passkey.handle):
        return None
    shown = _checked(
        lambda: webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=webauthn.base64url_to_bytes(challenge.challenge),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    )
    if shown is None:
        return None
    with unit_of_work() as session:
        values = {"sign_count": shown.new_sign_count, "used_at": clock.now()}
        session.execute(update(Passkey).where(Passkey.id == passkey.id).values(**values))
    return passkey


def sign_in(bound_to: str, answer: str, address: str, keep: bool) -> SignedIn | Refusal:
    """Let somebody in by a passkey alone: it is possession and finger, face or PIN at once."""
    attempt = limits.take_address(address)
    if attempt is None:
        return Refusal.TOO_OFTEN
    passkey = check(bound_to, SIGN_IN, answer)
    user = db.session.get(User, passkey.user_id) if passkey else None
    if user is None or user.blocked_at is not None:
        with unit_of_work():
            record(SYSTEM, "session.refused", user.id if user else None)
        return Refusal.WRONG
    limits.give_back(attempt)
    return open_session(user, keep, Proof.PASSKEY)


def finish_sign_in(waiting: Waiting, bound_to: str, answer: str, browser: str | None) -> SignedIn | Refusal:
    """The second step with a passkey; failures count as wrong codes do."""
    attempt = limits.take_second_place(waiting.user_id, browser)
    if attempt is None:
        return Refusal.TOO_OFTEN
    if check(bound_to, SECOND, answer, waiting.user_id) is None:
        with unit_of_work():
            record(SYSTEM, "session.second_step_refused", waiting.user_id)
        return Refusal.WRONG
    limits.give_back(attempt)
    return second_step.finish(waiting, Proof.PASSKEY)


def rename(actor: Actor, passkey_id: int, name: str) -> None:
    """Give a passkey another name; raises Missing when it is not the actor's."""
    with unit_of_work():
        _get_own(actor, passkey_id).name = _tidy(name)
        record(actor, "user.passkey_renamed", actor.id, passkey=passkey_id)


def remove(actor: Actor, passkey_id: int) -> None:
    """Forget a passkey; raises Refused when the person must have a factor and this is the last."""
    with unit_of_work() as session:
        passkey = _get_own(actor, passkey_id)
        factors.refuse_last(actor)
        session.delete(passkey)
        session.flush()
        record(actor, "user.passkey_removed", actor.id, passkey=passkey_id)
        factors.has_gone(actor, _l("Der Passkey „%(name)s“ wurde entfernt.", name=passkey.name))


def _get_own(actor: Actor, passkey_id: int) -> Passkey:
    passkey = db.session.scalar(select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == actor.id))
    if passkey is None:
        raise Missing
    return passkey


def _find_by_credential(credential_id: Any, user_id: int | None) -> Passkey | None:
    if not isinstance(credential_id, str) or not BASE64URL.fullmatch(credential_id):
        return None
    rows = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(rows if user_id is None else rows.where(Passkey.user_id == user_id))


def _keep_challenge(bound_to: str, purpose: str, challenge: bytes, handle: str | None = None) -> None:
    from webauthn.helpers import bytes_to_base64url

    text = bytes_to_base64url(challenge)
    mine = (PasskeyChallenge.bound_to == bound_to) & (PasskeyChallenge.purpose == purpose)
    is_over = PasskeyChallenge.created_at < clock.now() - LIFETIME
    with unit_of_work() as session:
        session.execute(delete(PasskeyChallenge).where(mine | is_over))
        session.add(PasskeyChallenge(bound_to=bound_to, purpose=purpose, challenge=text, handle=handle))


def _take_challenge(bound_to: str, purpose: str) -> Any:
    """The open challenge of this browser, used up."""
    with unit_of_work() as session:
        return session.execute(
            delete(PasskeyChallenge)
            .where(
                PasskeyChallenge.bound_to == bound_to,
                PasskeyChallenge.purpose == purpose,
                PasskeyChallenge.created_at >= clock.now() - LIFETIME,
            )
            .returning(PasskeyChallenge.challenge, PasskeyChallenge.handle)
            .execution_options(synchronize_session=False)
        ).one_or_none()


def _checked(check: Callable[[], Any]) -> Any:
    """What the library says; None for everything that is not a right answer, however odd."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return check()
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def _as_object(answer: str) -> dict[str, Any]:
    try:
        given = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _is_of_handle(given: dict[str, Any], handle: str) -> bool:
    """A device that names the person must name the one the passkey was made for."""
    response = given.get("response")
    named = response.get("userHandle") if isinstance(response, dict) else None
    return not named or named == handle


def _transports(answer: str) -> list[str]:
    from webauthn.helpers.structs import AuthenticatorTransport

    response = _as_object(answer).get("response")
    named = response.get("transports") if isinstance(response, dict) else None
    known = {transport.value for transport in AuthenticatorTransport}
    return sorted({one for one in named if isinstance(one, str)} & known) if isinstance(named, list) else []


def _descriptors(passkeys: list[Passkey]) -> list[Any]:
    import webauthn
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(
            id=webauthn.base64url_to_bytes(passkey.credential_id),
            transports=[AuthenticatorTransport(name) for name in passkey.transports],
        )
        for passkey in passkeys
    ]


def _tidy(name: str) -> str:
    return clean_line(name)[:LONGEST_NAME] or _("Passkey")


def _host() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or ""


def _origin() -> str:
    """The configured address as browsers write it: without the port that goes without saying."""
    base = str(current_app.config["BASE_URL"])
    usual = ":443" if base.startswith("https:") else ":80"
    return base.removesuffix(usual)
