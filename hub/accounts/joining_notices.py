"""Letters about coming and going. Without a mail server none is written; pages show links then."""

from datetime import timedelta

from hub.accounts.joining_models import AccessRequest
from hub.accounts.models import User
from hub.accounts.service.signing_in import LIFETIMES
from hub.core import clock
from hub.core.actor import Actor
from hub.core.links import absolute
from hub.mailing import service as mailing

A_DAY = timedelta(days=1)


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


def tell_confirm(email: str, language: str, name: str, token: str) -> None:
    """Somebody asked for access with this address; the link says that it is theirs."""
    url = absolute("accounts.confirm_request", token=token)
    mailing.post("request_confirm", email, language, until=clock.now() + A_DAY, name=name, url=url)


def tell_known(user: User) -> None:
    """Somebody asked for access who has an account already."""
    mailing.post("request_known", user.email, user.language, name=user.name, url=absolute("accounts.sign_in"))


def tell_request(user: User, name: str) -> None:
    """Somebody waits for a decision of this person."""
    mailing.post(
        "request_waits", user.email, user.language, name=user.name, who=name, url=absolute("accounts.requests")
    )


def tell_approved(user: User, token: str) -> None:
    """The request was approved; the link makes the account theirs."""
    until = clock.now() + LIFETIMES["invitation"]
    url = absolute("accounts.link", token=token)
    mailing.post("request_approved", user.email, user.language, until=until, name=user.name, url=url)


def tell_declined(request: AccessRequest, reason: str) -> None:
    """The request was declined."""
    mailing.post("request_declined", request.email, request.language, name=request.name, why=reason)
