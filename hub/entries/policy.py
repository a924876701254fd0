"""Who may do what with an entry, and who sees it, as ``hub.core.permissions.RIGHTS`` says.

The SQL twin of ``may_see`` is ``queries.visible_to``.
"""

from hub.core.actor import Actor
from hub.core.permissions import Permission
from hub.entries.models import PRACTISED_KINDS, Entry, Status


def may_submit(actor: Actor) -> bool:
    """Contribute something new."""
    return actor.may(Permission.ENTRY_SUBMIT)


def may_publish(actor: Actor) -> bool:
    """Publish without waiting for anybody."""
    return actor.may(Permission.ENTRY_PUBLISH)


def may_review(actor: Actor) -> bool:
    """Approve, return, reject."""
    return actor.may(Permission.ENTRY_REVIEW)


def is_own(actor: Actor, entry: Entry) -> bool:
    """Whether the actor contributed it."""
    return actor.id is not None and entry.contributor_id == actor.id


def may_see(actor: Actor, entry: Entry) -> bool:
    """Published entries are for every member; the rest for those it concerns."""
    if entry.status == Status.DELETED and not was_handed_in(entry):
        return False
    return _reaches(actor, Permission.ENTRY_READ, entry)


def may_edit(actor: Actor, entry: Entry) -> bool:
    """Contributors edit their own until it is archived; of a published one the change waits. The office edits all."""
    return may_see(actor, entry) and _reaches(actor, Permission.ENTRY_EDIT, entry)


def may_withdraw(actor: Actor, entry: Entry) -> bool:
    """The office, the contributor and the coordination of the same organisation take an entry back."""
    return _reaches(actor, Permission.ENTRY_WITHDRAW, entry)


def may_restore(actor: Actor, entry: Entry) -> bool:
    """Take an archived entry back: the office, and contributors their own."""
    return _reaches(actor, Permission.ENTRY_RESTORE, entry)


def may_bin(actor: Actor, entry: Entry) -> bool:
    """Put an entry into the bin: contributors their drafts, the office everything that was handed in."""
    return may_see(actor, entry) and _reaches(actor, Permission.ENTRY_BIN, entry)


def may_check(actor: Actor, entry: Entry) -> bool:
    """Say whether a published entry still holds: the organisation that is responsible, its contributor, the office."""
    responsible = entry.responsible_id or entry.organisation_id
    return actor.reaches(Permission.ENTRY_CHECK, entry.status, responsible, entry.contributor_id)


def may_empty_bin(actor: Actor) -> bool:
    """Delete for good."""
    return actor.may(Permission.ENTRY_REVIEW)


def was_handed_in(entry: Entry) -> bool:
    """Whether anybody but its contributor was ever meant to see it."""
    return entry.submitted_at is not None or entry.published_at is not None


def may_see_history(actor: Actor, entry: Entry) -> bool:
    """Earlier versions: the office, the contributor, and the coordination of the same organisation."""
    return may_see(actor, entry) and _reaches(actor, Permission.ENTRY_HISTORY, entry)


def sees_draft_versions(actor: Actor, entry: Entry) -> bool:
    """What an entry said before it was handed in belongs to its contributor alone."""
    return is_own(actor, entry)


def sees_tombstone(actor: Actor, entry: Entry) -> bool:
    """Members who may not read an archived entry learn that it was there, if it had been published."""
    return (
        entry.status == Status.WITHDRAWN
        and entry.published_at is not None
        and not may_see(actor, entry)
        and actor.may(Permission.ENTRY_READ)
    )


def takes_practice(entry: Entry) -> bool:
    """Whether organisations can say of this entry that they do it: published methods and projects."""
    return entry.is_published and entry.kind in PRACTISED_KINDS


def may_speak_for(actor: Actor, organisation_id: int | None) -> bool:
    """State what an organisation does: its own people, and the office for any."""
    if organisation_id is None:
        return False
    return actor.reaches(Permission.PRACTICE_RECORD, Status.PUBLISHED, organisation_id)


def may_keep_vocabulary(actor: Actor) -> bool:
    """The terms of fixed lists are the office's."""
    return actor.may(Permission.VOCABULARY_EDIT)


def may_place(actor: Actor, entry: Entry) -> bool:
    """Add a collection at once: the office anywhere, contributors to their own while it is not published."""
    return _reaches(actor, Permission.ENTRY_PLACE, entry)


def _reaches(actor: Actor, action: Permission, entry: Entry) -> bool:
    return actor.reaches(action, entry.status, entry.organisation_id, entry.contributor_id)
