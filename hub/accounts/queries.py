"""Reading accounts and organisations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.accounts import policy
from hub.accounts.models import LoginSession, OneTimeToken, Organisation, User
from hub.core import clock
from hub.core.actor import OFFICE_ROLES, Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.paging import Page
from hub.core.permissions import Permission, Reach, Role, states_by_reach
from hub.core.text import clean_line
from hub.core.tokens import hash_token

FIRST_ADMIN = "admin@example.org"


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link as it stands."""

    purpose: str
    user: User
    is_used: bool
    is_over: bool

    @property
    def is_invitation(self) -> bool:
        """Whether it brings in somebody new."""
        return self.purpose == "invitation" and self.user.invited_at is not None and self.user.password_hash is None

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return not self.is_used and not self.is_over


def normal_email(email: str) -> str:
    """An address as it is stored and compared: tidied, lower case."""
    return clean_line(email).lower()


def find_user_by_email(email: str) -> User | None:
    """The account of an address, if there is one."""
    return db.session.scalar(select(User).where(User.email == normal_email(email)))


def get_user(actor: Actor, user_id: int) -> User:
    """An account that the actor looks after; raises Missing."""
    require(policy.may_tend_accounts(actor))
    wanted = select(User).where(User.id == user_id, tended_by(actor)).options(joinedload(User.organisation))
    user = db.session.scalar(wanted)
    if user is None:
        raise Missing
    return user


def tended_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on ``user_account`` that holds for the accounts the actor looks after; ``policy.may_tend`` in SQL."""
    roles = states_by_reach(actor.role, Permission.ACCOUNT_TEND)
    near = and_(User.role.in_(roles[Reach.ORGANISATION]), User.organisation_id == actor.organisation_id)
    return and_(User.erased_at.is_(None), or_(User.role.in_(roles[Reach.ALL]), near))


def get_own_user(actor: Actor) -> User:
    """The account of the actor."""
    user = db.session.scalar(select(User).where(User.id == actor.id).options(joinedload(User.organisation)))
    if user is None:
        raise Missing
    return user


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which accounts a list shows."""

    text: str = ""
    organisation_id: int | None = None
    role: Role | None = None


def find_users(actor: Actor, wanted: PeopleFilter, page: Page) -> Sequence[User]:
    """One page of the accounts that the actor looks after, by organisation and name."""
    require(policy.may_tend_accounts(actor))
    return db.session.scalars(
        select(User)
        .join(User.organisation)
        .options(contains_eager(User.organisation))
        .where(tended_by(actor), *_matches(wanted))
        .order_by(Organisation.name, User.name, User.id)
        .limit(page.per_page)
        .offset(page.offset)
    ).all()


def count_users(actor: Actor, wanted: PeopleFilter) -> int:
    """How many accounts the filter leaves."""
    require(policy.may_tend_accounts(actor))
    rows = select(func.count()).select_from(User).join(User.organisation)
    rows = rows.where(tended_by(actor), *_matches(wanted))
    return db.session.scalar(rows) or 0


def _matches(wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        columns = (User.name, User.email, Organisation.label)
        conditions.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    if wanted.organisation_id is not None:
        conditions.append(User.organisation_id == wanted.organisation_id)
    if wanted.role is not None:
        conditions.append(User.role == wanted.role)
    return conditions


def find_signed_in_users(actor: Actor) -> Sequence[User]:
    """Everybody who has a session."""
    require(policy.may_manage_accounts(actor))
    return db.session.scalars(select(User).where(User.id.in_(select(LoginSession.user_id)))).all()


def find_user_names(user_ids: Sequence[int]) -> dict[int, str]:
    """Names by account number, for lists that tell who contributed."""
    if not user_ids:
        return {}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))}


def find_user_ids(text: str, limit: int = 200) -> list[int]:
    """Numbers of the accounts whose name or address holds the text."""
    columns = (User.name, User.email)
    matches = or_(*(column.icontains(text, autoescape=True) for column in columns))
    return list(db.session.scalars(select(User.id).where(matches).order_by(User.id).limit(limit)))


def find_examples() -> Sequence[User]:
    """Accounts that came with the hub and are open."""
    came_along = or_(User.is_example, User.email == FIRST_ADMIN)
    return db.session.scalars(select(User).where(came_along, User.blocked_at.is_(None)).order_by(User.id)).all()


def lock_active_admins() -> set[int]:
    """Who can administer the hub; inside a unit of work nobody else can change that before it ends."""
    rows = select(User.id).where(User.role == Role.ADMIN, User.blocked_at.is_(None)).order_by(User.id).with_for_update()
    return set(db.session.scalars(rows))


def find_organisation_names() -> Sequence[str]:
    """The names of all organisations; nobody's password is made of them."""
    return db.session.scalars(select(Organisation.name)).all()


def find_organisations() -> Sequence[Organisation]:
    """All organisations by name."""
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def find_organisation_choices() -> list[tuple[int, str]]:
    """Number and label of every organisation, for forms."""
    rows = db.session.execute(select(Organisation.id, Organisation.label).order_by(Organisation.name))
    return [(row.id, row.label) for row in rows]


def find_tended_choices(actor: Actor) -> list[tuple[int, str]]:
    """Number and label of the organisations whose accounts the actor looks after."""
    if policy.tends_all_organisations(actor):
        return find_organisation_choices()
    return [(actor.organisation_id, actor.organisation_name)] if actor.organisation_id is not None else []


def find_member_cities() -> list[tuple[str, float, float]]:
    """Name, longitude and latitude of the cities whose place is known, for the map."""
    rows = db.session.execute(
        select(Organisation.name, Organisation.longitude, Organisation.latitude).where(
            Organisation.kind == "city", Organisation.longitude.is_not(None), Organisation.latitude.is_not(None)
        )
    )
    return [(row.name, row.longitude, row.latitude) for row in rows]


def get_organisation(organisation_id: int) -> Organisation:
    """One organisation; raises Missing."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise Missing
    return organisation


def count_users_by_organisation() -> dict[int, int]:
    """Accounts per organisation number."""
    there = select(User.organisation_id, func.count()).where(User.erased_at.is_(None))
    rows = db.session.execute(there.group_by(User.organisation_id))
    return {row[0]: row[1] for row in rows}


def find_link(token: str) -> Link | None:
    """A one-time link and the account it is for, whether or not it can still be used."""
    row = db.session.execute(
        select(OneTimeToken, User)
        .join(User, User.id == OneTimeToken.user_id)
        .where(OneTimeToken.token_hash == hash_token(token))
    ).one_or_none()
    if row is None:
        return None
    is_over = row.OneTimeToken.expires_at <= clock.now() or row.User.blocked_at is not None
    return Link(row.OneTimeToken.purpose, row.User, is_used=row.OneTimeToken.used_at is not None, is_over=is_over)


def find_deciders(organisation_id: int) -> Sequence[User]:
    """Who is told that somebody wants in: the coordination of the organisation; without one the office."""
    is_there = User.blocked_at.is_(None) & User.erased_at.is_(None)
    near = select(User).where(User.role == Role.COORDINATOR, User.organisation_id == organisation_id, is_there)
    office = select(User).where(User.role.in_(OFFICE_ROLES), is_there)
    return db.session.scalars(near).all() or db.session.scalars(office).all()
