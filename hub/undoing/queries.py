"""Reading what the office did and can take back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.paging import Page
from hub.undoing import policy
from hub.undoing.models import UndoableAction

KEPT_FOR = timedelta(days=30)
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One action of the list."""

    id: int
    actor_id: int | None
    label: str
    at: datetime
    undone_at: datetime | None
    undone_by_id: int | None
    thing_count: int


def find_actions(actor: Actor, number: int) -> tuple[list[Line], Page]:
    """A page of the actions of the last 30 days, newest first."""
    require(policy.may_undo(actor))
    recent = UndoableAction.at > clock.now() - KEPT_FOR
    total = db.session.scalar(select(func.count()).select_from(UndoableAction).where(recent)) or 0
    page = Page(min(number, max(1, -(-total // PER_PAGE))), PER_PAGE, total)
    found = select(*(getattr(UndoableAction, name) for name in Line.__slots__))
    found = found.where(recent).order_by(UndoableAction.at.desc(), UndoableAction.id.desc())
    return [Line(*row) for row in db.session.execute(found.offset(page.offset).limit(PER_PAGE))], page
