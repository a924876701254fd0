"""What the office decides about links; each decision is one unit of work and can be undone for 30 days."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.findings import Settled
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry
from hub.entries.queries.many import portions
from hub.entries.service.many import Prepared
from hub.entries.service.relinking import change_links, prepare_links, write_links
from hub.fetching import service as fetching
from hub.linkcare import checker, policy, proposing, queries
from hub.linkcare.models import Link, State
from hub.linkcare.queries import Line
from hub.undoing import service as undoing
from hub.undoing.service import Row

DECIDED, REPLACED = "links_decided", "links_replaced"
STATES = {proposing.CONFIRM: State.CONFIRMED, proposing.DISMISS: State.DISMISSED}
LARGEST_ID = 2**31 - 1
Replaced = tuple[list[Prepared], list[str], dict[int, int]]


def read_ahead(deed: str, chosen: Iterable[tuple[int, int]], tell: undoing.Tell) -> list[Prepared]:
    """What replacing many links writes into entries as they are now, telling how many are read; of what follows from
    the links alone there is nothing to be read ahead."""
    found, done = [], 0
    for some in portions(chosen):
        if deed in proposing.REPLACING:
            numbers = [number for number, _version in some if 0 < number <= LARGEST_ID]
            lines = queries.lines_of(select(Link).where(Link.id.in_(numbers)))
            urls = {one.id: _new_url(line, deed) for line in lines if _fits(line, deed) for one in line.carriers}
            rows = db.session.execute(select(Entry.id, Entry.version).where(Entry.id.in_(urls)))
            found += prepare_links((row.id, row.version, urls[row.id]) for row in rows)[0]
        done += len(some)
        tell(done)
    return found


def settle(
    actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], _text: str = "", ahead: Sequence[Prepared] = ()
) -> Settled:
    """Do a deed to links given by number and version. Those that moved on, or for which there is no such deed, stay
    as they are and are named. Raises Refused for a deed that does not exist."""
    require(policy.may_tend(actor))
    if deed not in proposing.DEEDS:
        raise Refused(_("Diese Aktion gibt es nicht."))
    wanted = dict(chosen)
    with unit_of_work() as session:
        numbers = [number for number in wanted if 0 < number <= LARGEST_ID]
        lock = select(Link).where(Link.id.in_(numbers)).with_for_update().execution_options(populate_existing=True)
        links = {link.id: link for link in session.scalars(lock)}
        lines = queries.lines_of(select(Link).where(Link.id.in_(links)).order_by(Link.id))
        fitting = [line for line in lines if line.version == wanted[line.id] and _fits(line, deed)]
        kept = {line.id for line in fitting}
        left = tuple(line.title for line in lines if line.id not in kept)
        if not fitting:
            return Settled(0, left)
        if deed in proposing.REPLACING:
            return Settled(len(fitting), left, _replace(actor, deed, fitting, links, ahead))
        return Settled(len(fitting), left, _decide(session, actor, deed, fitting, links))


def _fits(line: Line, deed: str) -> bool:
    return any(possible.key == deed for possible in line.deeds)


def _decide(session: Session, actor: Actor, deed: str, lines: Sequence[Line], links: Mapping[int, Link]) -> int:
    """Confirm or reject verdicts."""
    rows = []
    for line in counted(lines):
        link = links[line.id]
        before = {"state": link.state}
        _mark(link, STATES[deed], actor)
        record(actor, f"link.{STATES[deed]}", link.id, outcome=link.outcome)
        rows.append(Row(link.id, before, link.version))
    session.flush()
    label = _("Befund bestätigt") if deed == proposing.CONFIRM else _("Link für in Ordnung erklärt")
    return undoing.remember(actor, DECIDED, f"{label}: {_told(lines)}", rows)


def _new_url(line: Line, deed: str) -> str:
    return {proposing.ADOPT: line.target, proposing.TWIN: line.twin, proposing.COPY: line.archive}[deed]


def _replace(
    actor: Actor, deed: str, lines: Sequence[Line], links: Mapping[int, Link], ahead: Sequence[Prepared]
) -> int:
    """Give the entries the proposed address; what was read behind the old one counts for the new one."""
    urls, home, moves = {}, {}, {}
    for line in counted(lines):
        new = _new_url(line, deed)
        for carrier in line.carriers:
            urls[carrier.id], home[carrier.id] = new, line
        moves[line.url] = new
        _mark(links[line.id], State.MENDED, actor)
    fetching.carry_over(moves)
    rows = [
        Row(changed.entry_id, {**changed.before, "link_id": home[changed.entry_id].id}, changed.version)
        for changed in change_links(actor, urls, ahead).changed
    ]
    return undoing.remember(actor, REPLACED, f"{_('Link ersetzt')}: {_told(lines)}", rows)


def _mark(link: Link, state: State, actor: Actor) -> None:
    link.state, link.decided_by_id, link.decided_at = state, actor.id, clock.now()
    link.version += 1


def _told(lines: Sequence[Line]) -> str:
    more = len(lines) - 1
    return lines[0].title + (_(" und %(count)s weitere", count=more) if more else "")


def set_back_decisions(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo confirmations and rejections; a link that has been judged anew since is left alone."""
    with unit_of_work() as session:
        links = _load(session, [row.thing_id for row in rows])
        left = []
        for row in counted(rows):
            link = links.get(row.thing_id)
            if link is None or link.version != row.after_version:
                left.append(link.url if link else str(row.thing_id))
                continue
            _reopen(actor, link, row.before["state"])
    return len(rows) - len(left), tuple(left)


def read_replacements(rows: Sequence[Row], tell: undoing.Tell) -> Replaced:
    """What undoing new addresses needs to know, read before its unit opens."""
    found: Replaced = [], [], {row.thing_id: row.before["link_id"] for row in rows}
    done = 0
    for some in portions(rows):
        ready, left = prepare_links((row.thing_id, row.after_version, row.before["url"]) for row in some)
        found[0].extend(ready)
        found[1].extend(left)
        done += len(some)
        tell(done)
    return found


def set_back_replacements(actor: Actor, read: Replaced) -> tuple[int, tuple[str, ...]]:
    """Undo new addresses; an entry that was changed since is left alone."""
    prepared, moved_on, links = read
    with unit_of_work() as session:
        outcome = write_links(actor, prepared)
        for link in _load(session, [links[changed.entry_id] for changed in outcome.changed]).values():
            if link.state == State.MENDED:
                _reopen(actor, link, State.OPEN)
    return len(outcome.changed), (*moved_on, *outcome.left)


def _load(session: Session, numbers: Sequence[int]) -> dict[int, Link]:
    lock = select(Link).where(Link.id.in_(numbers)).with_for_update().execution_options(populate_existing=True)
    return {link.id: link for link in session.scalars(lock)}


def _reopen(actor: Actor, link: Link, state: str) -> None:
    link.state, link.decided_by_id, link.decided_at = state, None, None
    link.version += 1
    record(actor, "link.reopened", link.id, outcome=link.outcome)


def check_now(actor: Actor, link_ids: Sequence[int]) -> int:
    """Have links tried as soon as their websites' turn comes; how many. Raises Refused while checking is off."""
    require(policy.may_tend(actor))
    if not checker.is_on():
        raise Refused(_("Die Prüfung der Links ist ausgeschaltet."))
    numbers = [number for number in link_ids if 0 < number <= LARGEST_ID]
    with unit_of_work() as session:
        found = session.execute(update(Link).where(Link.id.in_(numbers)).values(next_at=clock.now()))
        checker.ask_now()
        for number in numbers:
            record(actor, "link.check_asked", number)
    return int(getattr(found, "rowcount", 0))
