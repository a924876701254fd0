"""Who may set up providers, and who decides about people that a provider vouches for."""

from hub.core.actor import Actor
from hub.core.permissions import Permission, Reach, Role, reach_of


def may_edit_providers(actor: Actor) -> bool:
    """Set up, check, switch and delete providers."""
    return actor.may(Permission.PROVIDER_EDIT)


def may_admit(actor: Actor, organisation_id: int) -> bool:
    """Let somebody in who came through a provider of this organisation: whoever tends to its members' accounts."""
    reach = reach_of(actor.role, Permission.ACCOUNT_TEND, Role.MEMBER)
    return reach == Reach.ALL or (reach == Reach.ORGANISATION and actor.organisation_id == organisation_id)
