"""Pages of this room: signing in, the own account, people, organisations."""

from hub.accounts.views import signing_in
from hub.accounts.views.blueprint import bp

__all__ = ["bp", "signing_in"]
