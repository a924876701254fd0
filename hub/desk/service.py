"""Passing on what the office decides at the desk, to the rooms whose findings they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import OFFICE_ROLES, Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.findings import Settled
from hub.core.unit_of_work import unit_of_work
from hub.desk import policy, sources, words
from hub.desk.models import DeskAssignment
from hub.moderation import placing
from hub.undoing import working

SETTLE, PLACE = "settle", "desk_place"
ASSIGNED_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen row: the finding, the version that the page showed, and what shall be done with it."""

    source: str
    thing_id: int
    version: int
    deed: str


def settle(actor: Actor, choices: Sequence[Choice], text: str = "") -> dict[tuple[str, str], Settled]:
    """Do what was chosen, all in one unit of work; what became of it by source and deed."""
    require(policy.may_work(actor))
    groups: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for choice in choices:
        groups[choice.source, choice.deed].append((choice.thing_id, choice.version))
    with unit_of_work():
        settled = {
            (name, deed): sources.get(name).settle(actor, deed, chosen, text) for (name, deed), chosen in groups.items()
        }
        for (name, _deed), chosen in groups.items():
            _unassign(name, [thing_id for thing_id, _version in chosen])
    return settled


def settle_later(actor: Actor, choices: Sequence[Choice], text: str, back: str) -> int:
    """``settle`` by a worker; the number of the page that shows how far it is."""
    require(policy.may_work(actor))
    names = sorted({str(sources.get(choice.source).label) for choice in choices})
    payload = {"choices": [[one.source, one.thing_id, one.version, one.deed] for one in choices], "text": text}
    return working.begin(actor, SETTLE, ", ".join(names), len(choices), payload, back)


def do_settle(actor: Actor, payload: dict[str, Any], _read: None) -> list[working.Note]:
    """The worker's part, inside the unit of work; the sources tell how far they are."""
    return words.notes(settle(actor, [Choice(*one) for one in payload["choices"]], payload["text"]))


def place(actor: Actor, collection_id: int, chosen: Mapping[int, int]) -> list[working.Note]:
    """Put submissions, given by number and version, into this collection alone, in one unit of work."""
    return _placed(placing.move_entries(actor, collection_id, chosen))


def place_later(actor: Actor, collection_id: int, chosen: Mapping[int, int], back: str) -> int:
    """``place`` by a worker; the number of the page that shows how far it is."""
    require(policy.may_work(actor))
    payload = {"collection": collection_id, "chosen": list(chosen.items())}
    return working.begin(actor, PLACE, _("Andere Sammlung"), len(chosen), payload, back)


def read_place(payload: dict[str, Any], tell: working.Tell) -> placing.Looked:
    """What moving needs to know, read ahead."""
    return placing.read_move(payload["collection"], dict(payload["chosen"]), tell)


def do_place(actor: Actor, payload: dict[str, Any], looked: placing.Looked) -> list[working.Note]:
    """The worker's part, inside the unit of work."""
    return _placed(placing.write_move(actor, payload["collection"], dict(payload["chosen"]), looked))


def _placed(settled: Settled) -> list[working.Note]:
    return words.notes_of(words.placed(settled.count), settled)


def assign(actor: Actor, things: Iterable[tuple[str, int]], assignee_id: int | None) -> None:
    """Let somebody of the office look after these findings; None: nobody."""
    require(policy.may_work(actor))
    by_source: dict[str, set[int]] = defaultdict(set)
    for name, thing_id in things:
        by_source[sources.get(name).name].add(thing_id)
    with unit_of_work() as session:
        if assignee_id is not None and assignee_id not in _office(session):
            raise Missing
        common = {"assignee_id": assignee_id, "assigned_by_id": actor.id, "at": clock.now()}
        for name, numbers in by_source.items():
            _unassign(name, numbers)
            if assignee_id is not None:
                rows = [{"source": name, "thing_id": number, **common} for number in sorted(numbers)]
                session.execute(insert(DeskAssignment), rows)
        record(actor, "finding.assigned", None, count=sum(map(len, by_source.values())), to=assignee_id)


def sweep_assignments(_payload: dict[str, Any]) -> None:
    """Forget assignments of long ago; what they were about is settled."""
    with unit_of_work() as session:
        session.execute(delete(DeskAssignment).where(DeskAssignment.at < clock.now() - ASSIGNED_FOR))


def _unassign(source: str, numbers: Iterable[int]) -> None:
    gone = delete(DeskAssignment).where(DeskAssignment.source == source, DeskAssignment.thing_id.in_(list(numbers)))
    db.session.execute(gone.execution_options(synchronize_session=False))


def _office(session: Session) -> set[int]:
    return set(session.scalars(select(User.id).where(User.role.in_(OFFICE_ROLES), User.blocked_at.is_(None))))
