"""The one rule about who sees which entry, as SQL. Its twin for a loaded entry is ``policy.may_see``."""

from sqlalchemy import ColumnElement, and_, or_, select

from hub.core.actor import Actor
from hub.core.permissions import Role
from hub.entries.models import PRACTISED_KINDS, Entry, Practice, Status
from hub.entries.policy import COORDINATION_SEES, OFFICE_SEES


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A condition on ``entry`` that holds for what the actor may see."""
    cases: list[ColumnElement[bool]] = [Entry.status == Status.PUBLISHED]
    if actor.id is not None:
        cases.append(and_(Entry.contributor_id == actor.id, Entry.status != Status.DELETED))
    if actor.is_office:
        was_handed_in = or_(Entry.submitted_at.is_not(None), Entry.published_at.is_not(None))
        cases.append(and_(Entry.status.in_(OFFICE_SEES), or_(Entry.status != Status.DELETED, was_handed_in)))
    if actor.role == Role.COORDINATOR:
        cases.append(and_(Entry.organisation_id == actor.organisation_id, Entry.status.in_(COORDINATION_SEES)))
    return or_(*cases)


def practice_stands() -> ColumnElement[bool]:
    """A condition on ``practice``: not taken out, and its entry still is what organisations do."""
    practised = select(Entry.id).where(Entry.kind.in_(PRACTISED_KINDS))
    return and_(Practice.removed_at.is_(None), Practice.entry_id.in_(practised))
