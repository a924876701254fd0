"""Who may do what to an account."""

from hub.accounts.models import User
from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_manage_accounts(actor: Actor) -> bool:
    """Create accounts, hand out links, change roles, block."""
    return actor.may(Permission.ACCOUNT_MANAGE)


def may_edit_organisations(actor: Actor) -> bool:
    """Add and rename member cities and bodies."""
    return actor.may(Permission.ORGANISATION_EDIT)


def is_own(actor: Actor, user: User) -> bool:
    """Whether the account is the actor's own."""
    return actor.id == user.id
