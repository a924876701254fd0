"""Who may do what, as one table: role × action × state of the thing. Policies, SQL and the office's page read it.

A new right is one name in ``Permission`` and one row in ``RIGHTS``; its words are in ``hub.accounts.rights``.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Permission(StrEnum):
    """What a view can ask for, as ``thing:action``."""

    ENTRY_READ = "entry:read"
    ENTRY_SUBMIT = "entry:submit"
    ENTRY_EDIT = "entry:edit"
    ENTRY_HISTORY = "entry:history"
    ENTRY_PLACE = "entry:place"
    ENTRY_WITHDRAW = "entry:withdraw"
    ENTRY_RESTORE = "entry:restore"
    ENTRY_BIN = "entry:bin"
    ENTRY_PUBLISH = "entry:publish"
    ENTRY_REVIEW = "entry:review"
    ENTRY_CHECK = "entry:check"
    PRACTICE_RECORD = "practice:record"
    REPORT_SEND = "report:send"
    REPORT_SETTLE = "report:settle"
    BOOKMARK_KEEP = "bookmark:keep"
    QUESTION_ASK = "question:ask"
    QUESTION_TEND = "question:tend"
    ACCOUNT_OWN = "account:own"
    ACCOUNT_TEND = "account:tend"
    ACCOUNT_MANAGE = "account:manage"
    RIGHTS_SEE = "rights:see"
    ORGANISATION_EDIT = "organisation:edit"
    COLLECTION_EDIT = "collection:edit"
    PAGE_EDIT = "page:edit"
    VOCABULARY_EDIT = "vocabulary:edit"
    SEARCH_INSPECT = "search:inspect"
    THESAURUS_EDIT = "thesaurus:edit"
    INSIGHT_READ = "insight:read"
    JOB_INSPECT = "job:inspect"
    LETTER_MANAGE = "letter:manage"
    AUDIT_READ = "audit:read"
    PROVIDER_EDIT = "provider:edit"


class Role(StrEnum):
    """What an account is; labels are in ``hub.accounts.models``."""

    MEMBER = "member"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    ADMIN = "admin"


class Reach(IntEnum):
    """Whose things a right reaches; each holds those before it."""

    NOTHING = 0
    OWN = 1
    ORGANISATION = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Right:
    """One row: what each role may do with a thing in one of these states.

    The states of an entry are those of its life; the state of an account is its role. Without states the right asks
    for none. ``reach`` stands in the order of ``Role``.
    """

    action: Permission
    states: tuple[str, ...]
    reach: tuple[Reach, Reach, Reach, Reach]

    def reach_of(self, role: Role) -> Reach:
        """How far this role gets."""
        return self.reach[_ROLES.index(role)]


_ROLES = tuple(Role)
_NO, _OWN, _ORG, _ALL = Reach
_MEMBERS, _OFFICE, _ADMINS = (_ALL, _ALL, _ALL, _ALL), (_NO, _NO, _ALL, _ALL), (_NO, _NO, _NO, _ALL)
_ANY, _CARED_FOR = (), ("submitted", "returned", "rejected", "withdrawn")
RIGHTS = (
    #     action, states                                                        member coordinator editor admin
    Right(Permission.ENTRY_READ, ("published",), _MEMBERS),
    Right(Permission.ENTRY_READ, ("draft",), (_OWN, _OWN, _OWN, _OWN)),
    Right(Permission.ENTRY_READ, _CARED_FOR, (_OWN, _ORG, _ALL, _ALL)),
    Right(Permission.ENTRY_READ, ("deleted",), _OFFICE),
    Right(Permission.ENTRY_SUBMIT, _ANY, _MEMBERS),
    Right(Permission.ENTRY_EDIT, ("draft",), (_OWN, _OWN, _OWN, _OWN)),
    Right(Permission.ENTRY_EDIT, ("submitted", "returned", "rejected", "published"), (_OWN, _OWN, _ALL, _ALL)),
    Right(Permission.ENTRY_EDIT, ("withdrawn",), _OFFICE),
    Right(Permission.ENTRY_HISTORY, ("draft",), (_OWN, _OWN, _OWN, _OWN)),
    Right(Permission.ENTRY_HISTORY, ("published", *_CARED_FOR), (_OWN, _ORG, _ALL, _ALL)),
    Right(Permission.ENTRY_HISTORY, ("deleted",), _OFFICE),
    Right(Permission.ENTRY_PLACE, ("draft",), (_OWN, _OWN, _OWN, _OWN)),
    Right(Permission.ENTRY_PLACE, ("submitted", "returned", "rejected"), (_OWN, _OWN, _ALL, _ALL)),
    Right(Permission.ENTRY_PLACE, ("published",), _OFFICE),
    Right(Permission.ENTRY_WITHDRAW, ("submitted", "returned", "rejected", "published"), (_OWN, _ORG, _ALL, _ALL)),
    Right(Permission.ENTRY_RESTORE, ("withdrawn",), (_OWN, _OWN, _ALL, _ALL)),
    Right(Permission.ENTRY_BIN, ("draft",), (_OWN, _OWN, _OWN, _OWN)),
    Right(Permission.ENTRY_BIN, ("published", *_CARED_FOR), _OFFICE),
    Right(Permission.ENTRY_PUBLISH, _ANY, _OFFICE),
    Right(Permission.ENTRY_REVIEW, ("submitted",), _OFFICE),
    Right(Permission.ENTRY_CHECK, ("published",), (_ORG, _ORG, _ALL, _ALL)),
    Right(Permission.PRACTICE_RECORD, ("published",), (_ORG, _ORG, _ALL, _ALL)),
    Right(Permission.REPORT_SEND, ("published",), _MEMBERS),
    Right(Permission.REPORT_SETTLE, ("published",), (_OWN, _OWN, _ALL, _ALL)),
    Right(Permission.BOOKMARK_KEEP, _ANY, _MEMBERS),
    Right(Permission.QUESTION_ASK, _ANY, _MEMBERS),
    Right(Permission.QUESTION_TEND, _ANY, _OFFICE),
    Right(Permission.ACCOUNT_OWN, _ANY, (_OWN, _OWN, _OWN, _OWN)),
    Right(Permission.ACCOUNT_TEND, ("member", "coordinator"), (_NO, _ORG, _ALL, _ALL)),
    # Who could give an administrator's account a link could become one.
    Right(Permission.ACCOUNT_TEND, ("editor", "admin"), _ADMINS),
    Right(Permission.ACCOUNT_MANAGE, _ANY, _ADMINS),
    Right(Permission.RIGHTS_SEE, _ANY, _OFFICE),
    Right(Permission.ORGANISATION_EDIT, _ANY, _OFFICE),
    Right(Permission.COLLECTION_EDIT, _ANY, _OFFICE),
    Right(Permission.PAGE_EDIT, _ANY, _OFFICE),
    Right(Permission.VOCABULARY_EDIT, _ANY, _OFFICE),
    Right(Permission.SEARCH_INSPECT, _ANY, _OFFICE),
    Right(Permission.THESAURUS_EDIT, _ANY, _OFFICE),
    Right(Permission.INSIGHT_READ, _ANY, _OFFICE),
    Right(Permission.JOB_INSPECT, _ANY, _OFFICE),
    Right(Permission.LETTER_MANAGE, _ANY, _OFFICE),
    Right(Permission.AUDIT_READ, _ANY, _ADMINS),
    # Who says which provider is believed could come in as anybody.
    Right(Permission.PROVIDER_EDIT, _ANY, _ADMINS),
)
_REACH = {
    (role, right.action, state): right.reach_of(role)
    for right in RIGHTS
    for role in Role
    for state in right.states or ("",)
}
GRANTS: dict[Role, frozenset[Permission]] = {
    role: frozenset(right.action for right in RIGHTS if right.reach_of(role)) for role in Role
}


def grants(role: Role, permission: Permission) -> bool:
    """Whether the role holds the permission, for things in some state at least."""
    return permission in GRANTS[role]


def reach_of(role: Role, action: Permission, state: str = "") -> Reach:
    """How far the role gets with this action on a thing in this state."""
    return _REACH.get((role, action, state), Reach.NOTHING)


def states_by_reach(role: Role, action: Permission) -> dict[Reach, list[str]]:
    """The states in which the role gets exactly so far; for queries."""
    found: dict[Reach, list[str]] = {reach: [] for reach in Reach}
    for right in RIGHTS:
        if right.action == action:
            found[right.reach_of(role)] += right.states
    return found
