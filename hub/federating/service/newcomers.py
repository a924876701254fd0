"""People whom a provider vouches for and who are not linked yet: an account, or a question to their own people."""

from datetime import timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select

from hub.accounts import queries as accounts
from hub.accounts.models import User
from hub.accounts.service import people
from hub.accounts.service.people import Person
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, require
from hub.core.errors import Conflict
from hub.core.permissions import Role
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.federating import notices, policy
from hub.federating.models import LinkedIdentity, WaitingPerson
from hub.federating.protocol import Identity, Provider
from hub.federating.reasons import SignOnFailed
from hub.federating.service import linking

LONGEST_NAME = 120
KEPT_FOR = timedelta(days=90)


def find_or_make(provider: Provider, identity: Identity) -> User | None:
    """The account of somebody who comes for the first time; None when they have to wait. Raises SignOnFailed.

    An address alone links nothing. It does when three things hold: the provider says it has verified it, the account
    belongs to the provider's own organisation, and an administrator trusts this provider's word on addresses. Without
    the second, a city could take over accounts of another; without the third, everybody who may type an address into
    a profile there.
    """
    email = _address(identity)
    found = accounts.find_user_by_email(email)
    if found is not None:
        return _link_known(provider, identity, found)
    name = clean_line(identity.name)[:LONGEST_NAME] or email.partition("@")[0]
    if provider.newcomers == "create" and identity.is_email_verified:
        return _make(SYSTEM, provider, identity, Person(email, name, provider.organisation_id, Role.MEMBER))
    _wait(provider, identity, email, name)
    return None


def admit(actor: Actor, person: WaitingPerson) -> User:
    """Make the account that somebody waits for; raises Refused when the address was taken meanwhile."""
    organisation_id = person.provider.organisation_id
    require(policy.may_admit(actor, organisation_id))
    with unit_of_work() as session:
        details = Person(person.email, person.name, organisation_id, Role.MEMBER)
        user = people.create_user(SYSTEM, details)
        user.terms_version = 0  # agrees at the first visit
        session.add(
            LinkedIdentity(provider_id=person.provider_id, subject=person.subject, user_id=user.id, email=person.email)
        )
        session.execute(delete(WaitingPerson).where(WaitingPerson.id == person.id))
        record(actor, "user.admitted", user.id, provider=person.provider_id)
    return user


def decline(actor: Actor, person: WaitingPerson) -> None:
    """Say no; the same identity is not asked about again."""
    require(policy.may_admit(actor, person.provider.organisation_id))
    with unit_of_work():
        person.declined_at = clock.now()
        person.email, person.name = "", "–"
        record(actor, "sign_on.declined", person.provider_id)


def sweep(_payload: dict[str, Any]) -> None:
    """Forget questions that nobody has answered, and the no that somebody got; they may ask again."""
    with unit_of_work() as session:
        session.execute(delete(WaitingPerson).where(WaitingPerson.asked_at < clock.now() - KEPT_FOR))


def _address(identity: Identity) -> str:
    try:
        found = validate_email(clean_line(identity.email), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise SignOnFailed("no_address") from error
    return accounts.normal_email(found)


def _link_known(provider: Provider, identity: Identity, user: User) -> User:
    is_sure = identity.is_email_verified and provider.trusts_email
    if not is_sure or user.organisation_id != provider.organisation_id:
        raise SignOnFailed("address_taken")
    with unit_of_work() as session:
        others = select(LinkedIdentity.id).where(
            LinkedIdentity.provider_id == provider.id, LinkedIdentity.user_id == user.id
        )
        if session.scalar(others) is not None:  # an address that was given to somebody else there
            raise SignOnFailed("address_taken")
        if user.blocked_at is None:
            linking.attach(SYSTEM, provider, identity, user.id)
    return user


def _make(actor: Actor, provider: Provider, identity: Identity, person: Person) -> User:
    """Of two first sign-ins at the same time one makes the account; the other finds it."""
    try:
        with unit_of_work():
            user = people.create_user(actor, person)
            user.terms_version = 0  # agrees at the first visit
            linking.attach(actor, provider, identity, user.id)
    except Conflict as error:
        raise SignOnFailed("answer", "twice at once") from error
    return user


def _wait(provider: Provider, identity: Identity, email: str, name: str) -> None:
    with unit_of_work() as session:
        of_this = (WaitingPerson.provider_id == provider.id, WaitingPerson.subject == identity.subject)
        person = session.scalar(select(WaitingPerson).where(*of_this))
        if person is not None and person.declined_at is not None:
            raise SignOnFailed("declined")
        is_new = person is None
        if person is None:
            person = WaitingPerson(provider_id=provider.id, subject=identity.subject)
        person.email, person.name, person.is_email_verified = email, name, identity.is_email_verified
        session.add(person)
        if is_new:
            record(SYSTEM, "sign_on.asked", provider.id)
            for user in accounts.find_deciders(provider.organisation_id):
                notices.tell_waiting(user, name, provider.name)
