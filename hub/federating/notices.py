"""The letter about people whom a provider vouches for and who have no account yet."""

from hub.accounts.models import User
from hub.core.links import absolute
from hub.mailing import service as mailing


def tell_waiting(user: User, who: str, provider_name: str) -> None:
    """Somebody waits for a decision of this person; without a mail server the number in the menu says so."""
    if not mailing.is_configured():
        return
    url = absolute("federating.waiting")
    mailing.post("sign_on_waits", user.email, user.language, name=user.name, who=who, provider=provider_name, url=url)
