"""Letters about coming and going. Without a mail server none is written; pages show links then."""

from hub.accounts.models import User
from hub.accounts.service.signing_in import LIFETIMES
from hub.core import clock
from hub.core.actor import Actor
from hub.core.links import absolute
from hub.mailing import service as mailing


def tell_invited(user: User, actor: Actor, token: str) -> None:
    """Somebody looks forward to this person; the link makes the account theirs."""
    if not mailing.is_configured():
        return
    mailing.post(
        "invitation",
        user.email,
        user.language,
        until=clock.now() + LIFETIMES["invitation"],
        name="",
        inviter=actor.name,
        url=absolute("accounts.link", token=token),
    )


def tell_review(user: User, number: int) -> None:
    """A coordination is asked who of its people is still there, once a month until it has said so."""
    mailing.post(
        "review",
        user.email,
        user.language,
        once=f"review-{user.id}-{clock.today():%Y-%m}",
        name=user.name,
        number=number,
        url=absolute("accounts.review"),
    )
