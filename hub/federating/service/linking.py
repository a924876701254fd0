"""Linking an identity with an account, by the person alone, and parting them again."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, select

from hub.accounts import queries as accounts
from hub.accounts import sessions
from hub.accounts.models import LoginSession, User
from hub.audit.service import record
from hub.core.actor import SYSTEM, Actor, Proof
from hub.core.db import db
from hub.core.errors import Missing, Refused
from hub.core.unit_of_work import unit_of_work
from hub.federating.models import IdentityProvider, LinkedIdentity, SignOnSession
from hub.federating.protocol import Identity, Provider
from hub.federating.reasons import SignOnFailed


def link(actor: Actor, provider: Provider, identity: Identity) -> None:
    """The signed-in person is this identity from now on; raises SignOnFailed when either is linked elsewhere."""
    with unit_of_work() as session:
        mine = session.scalar(select(LinkedIdentity).where(_of(provider), LinkedIdentity.user_id == actor.id))
        theirs = session.scalar(select(LinkedIdentity).where(_of(provider), LinkedIdentity.subject == identity.subject))
        if theirs is not None and theirs.user_id != actor.id:
            raise SignOnFailed("other_account")
        if mine is not None and mine.subject != identity.subject:
            raise SignOnFailed("other_identity")
        if mine is None and actor.id is not None:
            attach(actor, provider, identity, actor.id)


def attach(actor: Actor, provider: Provider, identity: Identity, user_id: int) -> None:
    """Write the link in the open unit of work."""
    with unit_of_work() as session:
        session.add(
            LinkedIdentity(
                provider_id=provider.id, subject=identity.subject, user_id=user_id, email=identity.email[:254]
            )
        )
        record(actor, "user.identity_linked", user_id, provider=provider.id)


def unlink(actor: Actor, identity_id: int) -> None:
    """Part the actor's account and an identity; sessions that came through it end, except this one.

    Raises Refused when no other way in would be left.
    """
    with unit_of_work() as session:
        found = session.get(LinkedIdentity, identity_id)
        if found is None or found.user_id != actor.id:
            raise Missing
        user = accounts.get_own_user(actor)
        if not _has_other_way(user, found):
            raise Refused(
                _("Das ist Ihr einziger Weg in den Wissensspeicher. Bitte legen Sie zuerst ein Passwort fest.")
            )
        came_this_way = select(SignOnSession.session_id).where(
            SignOnSession.provider_id == found.provider_id, SignOnSession.subject == found.subject
        )
        session.execute(
            delete(LoginSession)
            .where(LoginSession.id.in_(came_this_way), LoginSession.id != actor.session_id)
            .execution_options(synchronize_session=False)
        )
        session.delete(found)
        record(actor, "user.identity_unlinked", actor.id, provider=found.provider_id)


def end_sessions(provider: Provider, subject: str, sid: str) -> int:
    """End the sessions that came from this provider for a subject, a session there, or both; gives their number."""
    rows = select(SignOnSession.session_id).where(SignOnSession.provider_id == provider.id)
    people = select(LinkedIdentity.user_id).where(_of(provider))
    if subject:
        rows = rows.where(SignOnSession.subject == subject)
        people = people.where(LinkedIdentity.subject == subject)
    if sid:
        rows = rows.where(SignOnSession.sid == sid)
        people = people.where(LinkedIdentity.sid == sid)
    # After a second step of ours nothing says where the first one came from; such sessions of the person end too.
    unnamed = select(LoginSession.id).where(
        LoginSession.user_id.in_(people),
        LoginSession.proofs.contains(Proof.SINGLE_SIGN_ON),
        LoginSession.id.not_in(select(SignOnSession.session_id)),
    )
    with unit_of_work() as session:
        ended = [*session.scalars(rows), *session.scalars(unnamed)]
        for session_id in ended:
            sessions.end(session_id)
        record(SYSTEM, "sign_on.ended_there", provider.id, sessions=len(ended))
    return len(ended)


def _has_other_way(user: User, identity: LinkedIdentity) -> bool:
    others = select(
        exists().where(
            LinkedIdentity.user_id == user.id,
            LinkedIdentity.id != identity.id,
            LinkedIdentity.provider_id == IdentityProvider.id,
            IdentityProvider.is_on,
        )
    )
    return user.password_hash is not None or bool(db.session.scalar(others))


def _of(provider: Provider) -> ColumnElement[bool]:
    return LinkedIdentity.provider_id == provider.id
