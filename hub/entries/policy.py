"""Who may do what with an entry, and who sees it. The SQL twin of ``may_see`` is ``queries.visible_to``."""

from hub.core.actor import Actor
from hub.core.permissions import Permission, Role
from hub.entries.models import PRACTISED_KINDS, Entry, Status

OFFICE_SEES = {
    Status.SUBMITTED,
    Status.RETURNED,
    Status.REJECTED,
    Status.PUBLISHED,
    Status.WITHDRAWN,
    Status.DELETED,
}
COORDINATION_SEES = {Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.WITHDRAWN}
EDITABLE = {Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REJECTED}


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
    if entry.status == Status.PUBLISHED:
        return actor.may(Permission.ENTRY_READ)
    if entry.status == Status.DELETED:
        return actor.is_office and was_handed_in(entry)
    if is_own(actor, entry):
        return True
    if actor.is_office:
        return entry.status in OFFICE_SEES
    return (
        actor.role == Role.COORDINATOR
        and entry.organisation_id == actor.organisation_id
        and entry.status in COORDINATION_SEES
    )


def may_edit(actor: Actor, entry: Entry) -> bool:
    """Contributors edit their own until it is archived; of a published one the change waits. The office edits all."""
    if not may_see(actor, entry) or entry.status == Status.DELETED:
        return False
    return actor.is_office or (is_own(actor, entry) and entry.status != Status.WITHDRAWN)


def may_withdraw(actor: Actor, entry: Entry) -> bool:
    """The office, the contributor and the coordination of the same organisation take an entry back."""
    if entry.status not in {Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.PUBLISHED}:
        return False
    if actor.is_office or is_own(actor, entry):
        return True
    return actor.role == Role.COORDINATOR and entry.organisation_id == actor.organisation_id


def may_restore(actor: Actor, entry: Entry) -> bool:
    """Take an archived entry back: the office, and contributors their own."""
    return entry.status == Status.WITHDRAWN and (actor.is_office or is_own(actor, entry))


def may_bin(actor: Actor, entry: Entry) -> bool:
    """Put an entry into the bin: contributors their drafts, the office everything that was handed in."""
    if not may_see(actor, entry) or entry.status == Status.DELETED:
        return False
    return is_own(actor, entry) if entry.status == Status.DRAFT else actor.is_office


def may_empty_bin(actor: Actor) -> bool:
    """Delete for good."""
    return actor.may(Permission.ENTRY_REVIEW)


def was_handed_in(entry: Entry) -> bool:
    """Whether anybody but its contributor was ever meant to see it."""
    return entry.submitted_at is not None or entry.published_at is not None


def may_see_history(actor: Actor, entry: Entry) -> bool:
    """Earlier versions: the office, the contributor, and the coordination of the same organisation."""
    if not may_see(actor, entry):
        return False
    is_coordination = actor.role == Role.COORDINATOR and entry.organisation_id == actor.organisation_id
    return actor.is_office or is_own(actor, entry) or is_coordination


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
    if not actor.may(Permission.PRACTICE_RECORD) or organisation_id is None:
        return False
    return actor.is_office or actor.organisation_id == organisation_id


def may_keep_vocabulary(actor: Actor) -> bool:
    """The terms of fixed lists are the office's."""
    return actor.may(Permission.VOCABULARY_EDIT)


def may_place(actor: Actor, entry: Entry) -> bool:
    """Add a collection at once: the office anywhere, contributors to their own while it is not published."""
    if entry.status in {Status.WITHDRAWN, Status.DELETED}:
        return False
    return actor.is_office or (is_own(actor, entry) and not entry.is_published)
