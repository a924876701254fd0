"""Keeping entries apart that only look the same, and taking that back."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Missing
from hub.core.findings import Settled
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.duplicates import policy
from hub.duplicates.models import DuplicatePair, PairState
from hub.duplicates.queries import titles_of
from hub.duplicates.service.comparing import words_said
from hub.entries.queries.many import portions
from hub.undoing.service import Row, remember

APART = "duplicates.apart"


def keep_apart(actor: Actor, chosen: Iterable[tuple[int, int]]) -> Settled:
    """These pairs are not the same thing: remembered for good, until one of the two says something else altogether.

    ``chosen`` are numbers of pairs with the versions that were shown; what has moved on is left alone.
    """
    require(policy.may_decide(actor))
    versions = dict(chosen)
    with unit_of_work() as session:
        pairs = [
            pair for pair in hold_pairs(versions) if pair.state == PairState.OPEN and pair.version == versions[pair.id]
        ]
        gone = sorted(versions.keys() - {pair.id for pair in pairs})
        if not pairs:
            return Settled(0, titles_of(gone))
        entries = sorted({number for pair in pairs for number in (pair.one_id, pair.other_id)})
        said = dict(zip(entries, words_said(entries), strict=True))
        for pair in counted(pairs):
            pair.state, pair.decided_at = PairState.APART, clock.now()
            pair.said = [said[pair.one_id], said[pair.other_id]]
            record(actor, "duplicate.kept_apart", pair.one_id, other=pair.other_id)
        session.flush()
        rows = [Row(pair.id, {"state": str(PairState.OPEN)}, pair.version) for pair in pairs]
        label = ngettext("Ein Paar für „Kein Duplikat“ erklärt", "%(num)s Paare für „Kein Duplikat“ erklärt", len(rows))
        return Settled(len(rows), titles_of(gone), remember(actor, APART, label, rows))


def open_again(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``keep_apart``."""
    done, gone = 0, []
    pairs = {pair.id: pair for pair in hold_pairs([row.thing_id for row in rows])}
    for row in counted(rows):
        pair = pairs.get(row.thing_id)
        if pair is None or pair.version != row.after_version:
            gone.append(row.thing_id)
            continue
        pair.state, pair.decided_at, pair.said = PairState.OPEN, None, None
        record(actor, "duplicate.opened", pair.one_id, other=pair.other_id)
        done += 1
    return done, titles_of(gone)


def hold_pairs(numbers: Iterable[int]) -> list[DuplicatePair]:
    """Pairs by their numbers, held until the end of the unit."""
    found: list[DuplicatePair] = []
    for some in portions(sorted(numbers)):
        wanted = select(DuplicatePair).where(DuplicatePair.id.in_(some)).order_by(DuplicatePair.id)
        found += db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    return found


def get_pair_as_shown(pair_id: int, version: int) -> DuplicatePair:
    """A pair about which nobody has decided since it was shown; raises Missing or Conflict."""
    pair = db.session.scalar(select(DuplicatePair).where(DuplicatePair.id == pair_id).with_for_update())
    if pair is None:
        raise Missing
    if pair.state == PairState.MERGED or pair.version != version:
        raise Conflict(_("Über dieses Paar ist inzwischen entschieden worden."))
    return pair
