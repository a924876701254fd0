"""The one rule about who sees which entry, as SQL. Its twin for a loaded entry is ``policy.may_see``."""

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from hub.core.actor import Actor
from hub.core.db import only_asked
from hub.core.permissions import Permission, Reach, states_by_reach
from hub.entries.models import PRACTISED_KINDS, PRACTISING, Entry, Practice, Status

_PRACTISED = aliased(Entry)  # once: SQLAlchemy takes milliseconds to make one


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A condition on ``entry`` that holds for what the actor may see; rows are only asked, never looked up by it."""
    states = states_by_reach(actor.role, Permission.ENTRY_READ)
    hidden = [state for state in states[Reach.ALL] if state not in (Status.PUBLISHED, Status.DELETED)]
    shared = states[Reach.ORGANISATION]
    cases: list[ColumnElement[bool]] = [Entry.status == Status.PUBLISHED]
    if actor.id is not None:
        own = [*states[Reach.OWN], *shared, *hidden]
        cases.append(and_(Entry.contributor_id == actor.id, Entry.status.in_(own)))
    if hidden:
        cases.append(Entry.status.in_(hidden))
    if Status.DELETED in states[Reach.ALL]:
        was_handed_in = or_(Entry.submitted_at.is_not(None), Entry.published_at.is_not(None))
        cases.append(and_(Entry.status == Status.DELETED, was_handed_in))
    if shared:
        cases.append(and_(Entry.organisation_id == actor.organisation_id, Entry.status.in_(shared)))
    return only_asked(or_(*cases))


def practice_stands(in_sight: bool = False) -> ColumnElement[bool]:
    """A condition on ``practice``: not taken out, and its entry still is what organisations do; ``in_sight``: and all
    may see the entry."""
    # Asked of each practice: for a list of entries SQLite would go through all of them.
    practised = exists().where(_PRACTISED.id == Practice.entry_id, _PRACTISED.kind.in_(PRACTISED_KINDS))
    if in_sight:
        practised = practised.where(_PRACTISED.status == Status.PUBLISHED)
    return and_(Practice.removed_at.is_(None), practised)


def is_practised(in_sight: bool = False) -> ColumnElement[bool]:
    """A condition on ``practice``: it stands, and the organisation has not given it up."""
    return and_(practice_stands(in_sight), Practice.state.in_(PRACTISING))
