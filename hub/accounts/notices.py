"""Letters about accounts: links that somebody asked for, and what changed in how somebody signs in."""

from datetime import datetime
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


def tell_sign_in_link(user: User, token: str, until: datetime) -> None:
    """The link that signs in once."""
    url = absolute("accounts.link", token=token)
    post("sign_in_link", user.email, user.language, until=until, name=user.name, url=url)


def tell_reset_link(user: User, token: str, until: datetime) -> None:
    """The link that leads to a new password."""
    url = absolute("accounts.link", token=token)
    post("reset_link", user.email, user.language, until=until, name=user.name, url=url)


def tell_sent_link(user: User, purpose: str, token: str, until: datetime) -> None:
    """A link that the office or a coordination has made for this person."""
    url = absolute("accounts.link", token=token)
    post("sent_link", user.email, user.language, until=until, name=user.name, purpose=purpose, url=url)


def tell_password_changed(user: User) -> None:
    """Somebody set a password; the person should know in case it was somebody else."""
    post("password_changed", user.email, user.language, name=user.name, url=absolute("accounts.sign_in"))


def tell_new_address(user: User, email: str, token: str, until: datetime) -> None:
    """To the new address: the link that confirms it. Nothing of the account but its name, in case of a slip."""
    url = absolute("accounts.confirm_email", token=token)
    post("email_confirm", email, user.language, until=until, name=user.name, url=url, address=email)


def tell_address_asked(user: User, email: str) -> None:
    """To the present address: another one was asked for."""
    url = absolute("accounts.own")
    post("email_asked", user.email, user.language, name=user.name, address=email, url=url)


def tell_address_changed(user: User, old: str) -> None:
    """To both addresses: from now on the new one counts."""
    for recipient in (old, user.email):
        post("email_changed", recipient, user.language, name=user.name, address=user.email, old=old)
