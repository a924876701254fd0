"""Pages of this room: signing in, the own account, people, organisations."""

from hub.accounts.views import (
    confirming,
    email,
    joining,
    leaving,
    listing,
    mailed_links,
    organisations,
    own,
    passkeys,
    people,
    requesting,
    rights,
    second_step,
    security,
    signing_in,
)
from hub.accounts.views.blueprint import bp

__all__ = [
    "bp",
    "confirming",
    "email",
    "joining",
    "leaving",
    "listing",
    "mailed_links",
    "organisations",
    "own",
    "passkeys",
    "people",
    "requesting",
    "rights",
    "second_step",
    "security",
    "signing_in",
]
