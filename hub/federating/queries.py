"""Reading providers, linked identities and people who wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.accounts.models import Organisation, User
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.permissions import Permission, Reach, Role, reach_of
from hub.core.sealing import Unreadable, unseal
from hub.federating import policy
from hub.federating.models import IdentityProvider, LinkedIdentity, WaitingPerson
from hub.federating.protocol import Provider


@dataclass(frozen=True, slots=True)
class OwnWay:
    """One provider as a person sees it under the own account; without ``identity_id`` it is not linked."""

    provider_id: int
    name: str
    is_on: bool
    identity_id: int | None
    email: str


def find_ways() -> Sequence[tuple[int, str]]:
    """Number and name of the providers that are switched on; the sign-in page shows a button for each."""
    rows = (
        select(IdentityProvider.id, IdentityProvider.name).where(IdentityProvider.is_on).order_by(IdentityProvider.name)
    )
    return [(row.id, row.name) for row in db.session.execute(rows)]


def find_ways_of(user_id: int) -> Sequence[tuple[int, str]]:
    """The same, narrowed to those that a person has linked."""
    rows = (
        select(IdentityProvider.id, IdentityProvider.name)
        .join(LinkedIdentity, LinkedIdentity.provider_id == IdentityProvider.id)
        .where(IdentityProvider.is_on, LinkedIdentity.user_id == user_id)
        .order_by(IdentityProvider.name)
    )
    return [(row.id, row.name) for row in db.session.execute(rows)]


def find_providers(actor: Actor) -> Sequence[IdentityProvider]:
    """All providers, for those who set them up."""
    require(policy.may_edit_providers(actor))
    return db.session.scalars(
        select(IdentityProvider).options(joinedload(IdentityProvider.organisation)).order_by(IdentityProvider.name)
    ).all()


def get_provider(actor: Actor, provider_id: int) -> IdentityProvider:
    """One provider, for those who set them up; raises Missing."""
    require(policy.may_edit_providers(actor))
    found = db.session.scalar(
        select(IdentityProvider)
        .where(IdentityProvider.id == provider_id)
        .options(joinedload(IdentityProvider.organisation))
    )
    if found is None:
        raise Missing
    return found


def count_identities() -> dict[int, int]:
    """Linked accounts by provider number."""
    rows = select(LinkedIdentity.provider_id, func.count()).group_by(LinkedIdentity.provider_id)
    return {row[0]: row[1] for row in db.session.execute(rows)}


def load(provider_id: int) -> Provider | None:
    """A provider ready for a sign-in; None when it does not exist, is switched off or cannot be used."""
    row = db.session.get(IdentityProvider, provider_id, populate_existing=True)
    return snapshot(row) if row is not None and row.is_on and row.told else None


def snapshot(row: IdentityProvider) -> Provider:
    """The values of a row, with the secret opened."""
    try:
        secret = unseal(row.sealed_secret, place_of(row.id)) if row.sealed_secret else None
    except Unreadable:
        secret = ""
    return Provider(
        id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        secret=secret,
        newcomers=row.newcomers,
        trusts_email=row.trusts_email,
        checks_factor=row.checks_factor,
        factor_acr=row.factor_acr,
        told=row.told or {},
        keys=row.keys or {},
    )


def place_of(provider_id: int) -> str:
    """Where a client secret belongs; it does not open in another row."""
    return f"identity_provider {provider_id}"


def find_user(provider_id: int, subject: str) -> User | None:
    """The account of an identity: by provider and subject, never by address."""
    return db.session.scalar(
        select(User)
        .join(LinkedIdentity, LinkedIdentity.user_id == User.id)
        .where(LinkedIdentity.provider_id == provider_id, LinkedIdentity.subject == subject)
    )


def find_own_ways(actor: Actor) -> Sequence[OwnWay]:
    """The providers a person has linked or can link."""
    own = LinkedIdentity.user_id == actor.id
    rows = db.session.execute(
        select(
            IdentityProvider.id,
            IdentityProvider.name,
            IdentityProvider.is_on,
            LinkedIdentity.id.label("identity_id"),
            LinkedIdentity.email,
        )
        .outerjoin(LinkedIdentity, (LinkedIdentity.provider_id == IdentityProvider.id) & own)
        .where(IdentityProvider.is_on | LinkedIdentity.id.is_not(None))
        .order_by(IdentityProvider.name)
    )
    return [OwnWay(row.id, row.name, row.is_on, row.identity_id, row.email or "") for row in rows]


def find_waiting(actor: Actor) -> Sequence[WaitingPerson]:
    """People who wait for a yes of the actor: of the own organisation, or all for the office."""
    require(actor.may(Permission.ACCOUNT_TEND))
    rows = (
        select(WaitingPerson)
        .join(WaitingPerson.provider)
        .join(IdentityProvider.organisation)
        .options(contains_eager(WaitingPerson.provider).contains_eager(IdentityProvider.organisation))
        .where(WaitingPerson.declined_at.is_(None))
        .order_by(Organisation.name, WaitingPerson.asked_at)
        .limit(200)
    )
    if reach_of(actor.role, Permission.ACCOUNT_TEND, Role.MEMBER) < Reach.ALL:
        rows = rows.where(IdentityProvider.organisation_id == actor.organisation_id)
    return db.session.scalars(rows).all()


def waiting_count(actor: Actor) -> Select[int]:
    """How many people wait for a yes of the actor, as a question for the menu."""
    rows = (
        select(func.count(WaitingPerson.id))
        .join(IdentityProvider, IdentityProvider.id == WaitingPerson.provider_id)
        .where(WaitingPerson.declined_at.is_(None))
    )
    if reach_of(actor.role, Permission.ACCOUNT_TEND, Role.MEMBER) < Reach.ALL:
        rows = rows.where(IdentityProvider.organisation_id == actor.organisation_id)
    return rows


def get_waiting(actor: Actor, person_id: int) -> WaitingPerson:
    """One of them; raises Missing for those of others."""
    found = next((person for person in find_waiting(actor) if person.id == person_id), None)
    if found is None:
        raise Missing
    return found
