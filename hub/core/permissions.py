"""Who may do what, as one table. Rules about a single thing are in the rooms' ``policy.py``."""

from enum import StrEnum


class Permission(StrEnum):
    """What a view can ask for, as ``thing:action``."""

    ENTRY_READ = "entry:read"
    ENTRY_SUBMIT = "entry:submit"
    ENTRY_PUBLISH = "entry:publish"
    ENTRY_REVIEW = "entry:review"
    PRACTICE_RECORD = "practice:record"
    REPORT_SEND = "report:send"
    BOOKMARK_KEEP = "bookmark:keep"
    ACCOUNT_OWN = "account:own"
    ACCOUNT_MANAGE = "account:manage"
    ORGANISATION_EDIT = "organisation:edit"
    COLLECTION_EDIT = "collection:edit"
    PAGE_EDIT = "page:edit"
    VOCABULARY_EDIT = "vocabulary:edit"
    SEARCH_INSPECT = "search:inspect"
    THESAURUS_EDIT = "thesaurus:edit"
    JOB_INSPECT = "job:inspect"


class Role(StrEnum):
    """What an account is; labels are in ``hub.accounts.models``."""

    MEMBER = "member"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    ADMIN = "admin"


_MEMBER = frozenset(
    {
        Permission.ENTRY_READ,
        Permission.ENTRY_SUBMIT,
        Permission.PRACTICE_RECORD,
        Permission.REPORT_SEND,
        Permission.BOOKMARK_KEEP,
        Permission.ACCOUNT_OWN,
    }
)
_EDITOR = _MEMBER | {
    Permission.ENTRY_PUBLISH,
    Permission.ENTRY_REVIEW,
    Permission.ORGANISATION_EDIT,
    Permission.COLLECTION_EDIT,
    Permission.PAGE_EDIT,
    Permission.VOCABULARY_EDIT,
    Permission.SEARCH_INSPECT,
    Permission.THESAURUS_EDIT,
    Permission.JOB_INSPECT,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: _MEMBER,
    Role.COORDINATOR: _MEMBER,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: _EDITOR | {Permission.ACCOUNT_MANAGE},
}


def grants(role: Role, permission: Permission) -> bool:
    """Whether the role holds the permission."""
    return permission in GRANTS[role]
