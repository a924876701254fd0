"""`python -m bench.people`: twenty members with the password of the measurements, into the data folder that is set."""

from bench import servers
from bench.crowd import address, everybody
from hub import create_app
from hub.accounts.models import User
from hub.accounts.passwords import hash_password
from hub.accounts.queries import find_user_by_email
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work


def add_people() -> None:
    """One hash for all of them; they belong to the organisation of the member who is there."""
    with create_app().app_context():
        hashed = hash_password(servers.PASSWORD)
        member = find_user_by_email(servers.MEMBER)
        assert member is not None
        organisation = member.organisation_id
        with unit_of_work() as session:
            session.add_all(
                User(email=address(number), name=f"Person {number}", organisation_id=organisation, role=Role.MEMBER,
                     password_hash=hashed)
                for number in everybody()
            )  # fmt: skip


if __name__ == "__main__":
    add_people()
