"""The letter of the spring clean."""

from hub.accounts.models import User
from hub.core.links import absolute
from hub.mailing.service import post


def tell_spring_clean(user: User, quarter: str, number: int) -> None:
    """Some entries of the person's organisation wait for a look; one letter a person and quarter."""
    post(
        "spring_clean",
        user.email,
        user.language,
        once=f"spring-clean:{quarter}:{user.id}",
        name=user.name,
        number=number,
        url=absolute("freshness.spring_clean"),
    )
