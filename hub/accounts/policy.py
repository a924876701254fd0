"""Who may do what to an account."""

from hub.accounts.models import User
from hub.core.actor import OFFICE_ROLES, Actor
from hub.core.permissions import Permission, Reach, Role, reach_of


def may_manage_accounts(actor: Actor) -> bool:
    """Change role and organisation of an account."""
    return actor.may(Permission.ACCOUNT_MANAGE)


def may_tend_accounts(actor: Actor) -> bool:
    """Look after accounts at all; whose, ``may_tend`` says."""
    return actor.may(Permission.ACCOUNT_TEND)


def may_tend(actor: Actor, user: User) -> bool:
    """Look after this account: name, links, blocking, closing. Twin in SQL: ``queries.tended_by``."""
    return user.erased_at is None and actor.reaches(Permission.ACCOUNT_TEND, user.role, user.organisation_id)


def may_close(actor: Actor, user: User) -> bool:
    """End an account: those who look after it, and everybody the own one."""
    return user.erased_at is None and (may_tend(actor, user) or is_own(actor, user))


def may_bring_in(actor: Actor, role: Role, organisation_id: int | None) -> bool:
    """Make an account with this role in this organisation."""
    return actor.reaches(Permission.ACCOUNT_TEND, role, organisation_id)


def roles_to_give(actor: Actor) -> list[Role]:
    """The roles that accounts may have which this actor makes."""
    return [role for role in Role if may_bring_in(actor, role, actor.organisation_id)]


def tends_all_organisations(actor: Actor) -> bool:
    """Whether the accounts of every organisation are the actor's to look after."""
    return reach_of(actor.role, Permission.ACCOUNT_TEND, Role.MEMBER) == Reach.ALL


def may_edit_organisations(actor: Actor) -> bool:
    """Add and rename member cities and bodies."""
    return actor.may(Permission.ORGANISATION_EDIT)


def must_have_factor(role: Role, setting: str, is_loopback: bool) -> bool:
    """Whether people of this role need a second factor: editors and admins always do, except on a hub that only
    this machine reaches; ``required`` (HUB_SECOND_FACTOR) demands it of everybody, everywhere."""
    return setting == "required" or (role in OFFICE_ROLES and not is_loopback)


def is_own(actor: Actor, user: User) -> bool:
    """Whether the account is the actor's own."""
    return actor.id == user.id
