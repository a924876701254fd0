"""Letters about accounts: what changed in how somebody signs in."""

from typing import Any

from hub.accounts.models import User
from hub.core.links import absolute
from hub.mailing.service import post


def tell_factor_changed(user: User, what: Any) -> None:
    """A second factor came, went or was reset; ``what`` is a lazy sentence, read in the language of the person."""
    post(
        "accounts/factor_changed",
        user.email,
        user.language,
        name=user.name,
        what=what,
        page=absolute("accounts.security"),
    )


def tell_session_copied(user: User) -> None:
    """A reference that had been replaced came back: somebody has copied it, and all sessions have ended."""
    post("accounts/session_copied", user.email, user.language, name=user.name, page=absolute("accounts.sign_in"))
