"""The way to a provider and back: begun in one browser, finished once in the same one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from sqlalchemy import delete, func, select, update

from hub.accounts import sessions
from hub.accounts.limits import network_of
from hub.accounts.models import LoginSession
from hub.accounts.service import opening
from hub.accounts.service.opening import HalfWay, SignedIn
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, Proof
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.links import absolute
from hub.core.tokens import hash_token, new_token
from hub.core.unit_of_work import unit_of_work
from hub.federating import protocol, queries
from hub.federating.models import LinkedIdentity, SignOnAttempt, SignOnSession
from hub.federating.protocol import Identity, Provider, Question
from hub.federating.reasons import SignOnFailed
from hub.federating.service import linking, newcomers
from hub.federating.service.providers import renew_keys
from hub.web.logs import security_event

OPEN_FOR = timedelta(minutes=10)
MOST_OPEN = 100
LONGEST_CODE = 4000


class Done(Enum):
    """What came of it, when it is not a new session."""

    LINKED = auto()
    CONFIRMED = auto()
    WAITING = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a provider: to come in, to link it (``link``), to prove to be there (``confirm``)."""

    purpose: str = "enter"
    target: str = ""
    parked: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser brought back from the provider."""

    state: str
    code: str = ""
    error: str = ""
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a sign-in, and where it goes on."""

    outcome: SignedIn | HalfWay | Done
    provider_name: str
    target: str = ""
    parked: str | None = None


def redirect_uri(provider_id: int) -> str:
    """Where a provider sends people back to: one fixed address for each, so that answers cannot be mixed up."""
    return absolute("federating.come_back", provider_id=provider_id)


def begin(actor: Actor | None, provider_id: int, wish: Wish, browser: str, address: str) -> tuple[str, str]:
    """Name of the provider and the address to send the person to; raises Missing or SignOnFailed."""
    provider = queries.load(provider_id)
    if provider is None:
        raise Missing
    question = Question(new_token(), new_token(), new_token(), asks_again=wish.purpose == "confirm")
    network, now = network_of(address), clock.now()
    with unit_of_work() as session:
        session.execute(delete(SignOnAttempt).where(SignOnAttempt.created_at < now - OPEN_FOR))
        count = select(func.count()).where(SignOnAttempt.network == network)
        if (session.scalar(count) or 0) >= MOST_OPEN:
            raise SignOnFailed("too_often")
        session.add(
            SignOnAttempt(
                state_hash=hash_token(question.state),
                browser_hash=hash_token(browser),
                provider_id=provider.id,
                purpose=wish.purpose,
                session_id=actor.session_id if actor is not None else None,
                nonce=question.nonce,
                verifier=question.verifier,
                target=wish.target,
                parked=wish.parked,
                network=network,
            )
        )
    return provider.name, protocol.address_to(provider, question, redirect_uri(provider.id))


def finish(actor: Actor | None, provider_id: int, answer: Answer, browser: str) -> Finished:
    """Believe the provider or not; raises SignOnFailed, which is noted in the audit."""
    attempt = _take(answer.state, browser)  # what nobody began is not worth a row
    try:
        return _finish(actor, provider_id, attempt, answer)
    except SignOnFailed as failure:
        with unit_of_work():
            record(SYSTEM, "sign_on.refused", provider_id, reason=failure.code, detail=failure.detail)
        raise


def _finish(actor: Actor | None, provider_id: int, attempt: SignOnAttempt, answer: Answer) -> Finished:
    if attempt.provider_id != provider_id:
        raise SignOnFailed("state", "another provider")
    if attempt.session_id != (actor.session_id if actor is not None and attempt.purpose != "enter" else None):
        raise SignOnFailed("state", "another person")
    provider = queries.load(provider_id)
    if provider is None:
        raise SignOnFailed("off")
    _check_answer(provider, answer)
    asks_again = attempt.purpose == "confirm"
    question = Question(answer.state, attempt.nonce, attempt.verifier, asks_again)
    uri, jwks_uri = redirect_uri(provider.id), provider.told["jwks_uri"]
    identity = protocol.redeem(
        provider, question, answer.code, uri, lambda: renew_keys(provider.id, provider.issuer, jwks_uri)
    )
    outcome: SignedIn | HalfWay | Done
    if actor is None or attempt.purpose == "enter":
        outcome = _enter(provider, identity)
    elif asks_again:
        outcome = _confirm(actor, provider, identity)
    else:
        linking.link(actor, provider, identity)
        outcome = Done.LINKED
    return Finished(outcome, provider.name, attempt.target, attempt.parked)


def _take(state: str, browser: str) -> SignOnAttempt:
    """Use an attempt up, whatever comes of it: of several parallel answers exactly one gets it."""
    with unit_of_work() as session:
        row = session.execute(
            delete(SignOnAttempt)
            .where(
                SignOnAttempt.state_hash == hash_token(state),
                SignOnAttempt.browser_hash == hash_token(browser),
                SignOnAttempt.created_at >= clock.now() - OPEN_FOR,
            )
            .returning(
                SignOnAttempt.provider_id,
                SignOnAttempt.purpose,
                SignOnAttempt.session_id,
                SignOnAttempt.nonce,
                SignOnAttempt.verifier,
                SignOnAttempt.target,
                SignOnAttempt.parked,
            )
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        security_event("sign_on.unknown")
        raise SignOnFailed("state", "unknown")
    return SignOnAttempt(**row._asdict())


def _check_answer(provider: Provider, answer: Answer) -> None:
    """The answer names its issuer (RFC 9207) where the provider says it does, and never another."""
    if answer.issuer is None and provider.must_name_itself:
        raise SignOnFailed("token", "iss missing")
    if answer.issuer is not None and answer.issuer != provider.issuer:
        raise SignOnFailed("token", "iss")
    if answer.error:
        raise SignOnFailed("cancelled" if answer.error == "access_denied" else "answer", answer.error[:60])
    if not answer.code or len(answer.code) > LONGEST_CODE:
        raise SignOnFailed("answer", "no code")


def _enter(provider: Provider, identity: Identity) -> SignedIn | HalfWay | Done:
    user = queries.find_user(provider.id, identity.subject) or newcomers.find_or_make(provider, identity)
    if user is None:
        return Done.WAITING
    if user.blocked_at is not None:
        raise SignOnFailed("blocked")
    with unit_of_work() as session:
        session.execute(
            update(LinkedIdentity)
            .where(LinkedIdentity.provider_id == provider.id, LinkedIdentity.subject == identity.subject)
            .values(used_at=clock.now(), email=identity.email[:254], sid=identity.sid)
        )
        if not identity.has_factor:
            done = opening.enter(user, False, Proof.SINGLE_SIGN_ON)
        else:
            done = opening.open_session(user, False, Proof.SINGLE_SIGN_ON, Proof.PROVIDER_FACTOR)
        if isinstance(done, SignedIn):
            _note_origin(done, provider, identity)
    return done


def _note_origin(done: SignedIn, provider: Provider, identity: Identity) -> None:
    session_id = sessions.find_id(done.reference)
    _note_time_of_proof(session_id, identity)
    row = SignOnSession(session_id=session_id, provider_id=provider.id, subject=identity.subject, sid=identity.sid)
    db.session.add(row)


def _confirm(actor: Actor, provider: Provider, identity: Identity) -> Done:
    user = queries.find_user(provider.id, identity.subject)
    if user is None or user.id != actor.id:
        raise SignOnFailed("other_account")
    with unit_of_work():
        sessions.prove(actor, Proof.SINGLE_SIGN_ON)
        record(actor, "session.confirmed", actor.id, way=Proof.SINGLE_SIGN_ON)
    return Done.CONFIRMED


def _note_time_of_proof(session_id: int | None, identity: Identity) -> None:
    """Who was signed in there for hours has not just shown who they are; without a time nothing is assumed."""
    proven_at = datetime.fromtimestamp(max(identity.proven_at or 0, 0), UTC)
    rows = update(LoginSession).where(LoginSession.id == session_id, LoginSession.proven_at > proven_at)
    db.session.execute(rows.values(proven_at=proven_at))
