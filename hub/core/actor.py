"""Who acts: a snapshot of the signed-in person that services and policies receive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_login import UserMixin

from hub.core import clock
from hub.core.errors import NotAllowed
from hub.core.permissions import Permission, Reach, Role, grants, reach_of

OFFICE_ROLES = (Role.EDITOR, Role.ADMIN)
FRESH_FOR = timedelta(minutes=15)


class Proof(StrEnum):
    """How a person has shown who they are."""

    PASSWORD = "password"  # noqa: S105  the name of a proof
    LINK = "link"
    PASSKEY = "passkey"
    TIME_CODE = "time_code"
    RECOVERY_CODE = "recovery_code"
    SINGLE_SIGN_ON = "single_sign_on"
    PROVIDER_FACTOR = "provider_factor"


@dataclass(frozen=True, slots=True, eq=False)
class Actor(UserMixin):
    """The person behind a request or command; ``id`` is None for the system itself (imports, commands).

    ``must_set_up``: a second factor is demanded and there is none; nothing else can be done before. ``wants_keys``:
    single letters do something on pages that say so.
    """

    id: int | None
    name: str
    role: Role
    email: str = ""
    organisation_id: int | None = None
    organisation_name: str = ""
    session_id: int | None = None
    previous_visit_at: datetime | None = None
    signed_in_at: datetime | None = None
    proven_at: datetime | None = None
    proofs: frozenset[Proof] = frozenset()
    owes_terms: bool = False
    wants_keys: bool = True
    must_set_up: bool = False

    def may(self, permission: Permission | str) -> bool:
        """Whether the role of this person holds the permission."""
        return grants(self.role, Permission(permission))

    def reaches(
        self, action: Permission, state: str, organisation_id: int | None = None, owner_id: int | None = None
    ) -> bool:
        """Whether the right of this person reaches a thing in this state, of this organisation and person."""
        reach = reach_of(self.role, action, state)
        if reach >= Reach.OWN and self.id is not None and owner_id == self.id:
            return True
        if reach >= Reach.ORGANISATION and organisation_id is not None and organisation_id == self.organisation_id:
            return True
        return reach == Reach.ALL

    @property
    def is_office(self) -> bool:
        """Editors and administrators are the office."""
        return self.role in OFFICE_ROLES

    @property
    def is_fresh(self) -> bool:
        """Whether the person has shown who they are within the last minutes."""
        return self.proven_at is not None and clock.now() - self.proven_at <= FRESH_FOR


SYSTEM = Actor(id=None, name="System", role=Role.ADMIN)


def require(allowed: bool) -> None:
    """Refuse with NotAllowed unless the policy said yes."""
    if not allowed:
        raise NotAllowed
