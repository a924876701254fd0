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
from hub.core.unit_of_work import unit_of_work
from hub.duplicates import policy
from hub.duplicates.models import DuplicatePair, PairState
from hub.duplicates.queries import titles_of
from hub.duplicates.service.comparing import words_said
from hub.undoing.service import Row, remember

APART = "duplicates.apart"


def keep_apart(actor: Actor, chosen: Iterable[tuple[int, int]]) -> Settled:
    """These pairs are not the same thing: remembered for good, until one of the two says something else altogether.

    ``chosen`` are numbers of pairs with the versions that were shown; what has moved on is left alone.
    """
    require(policy.may_decide(actor))
    with unit_of_work() as session:
        rows, gone = [], []
        for pair_id, version in chosen:
            pair = session.get(DuplicatePair, pair_id, with_for_update=True)
            if pair is None or pair.state != PairState.OPEN or pair.version != version:
                gone.append(pair_id)
                continue
            pair.state, pair.decided_at = PairState.APART, clock.now()
            pair.said = words_said([pair.one_id, pair.other_id])
            session.flush()
            record(actor, "duplicate.kept_apart", pair.one_id, other=pair.other_id)
            rows.append(Row(pair.id, {"state": str(PairState.OPEN)}, pair.version))
        if not rows:
            return Settled(0, titles_of(gone))
        label = ngettext("Ein Paar für „Kein Duplikat“ erklärt", "%(num)s Paare für „Kein Duplikat“ erklärt", len(rows))
        return Settled(len(rows), titles_of(gone), remember(actor, APART, label, rows))


def open_again(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``keep_apart``."""
    done, gone = 0, []
    for row in rows:
        pair = db.session.get(DuplicatePair, row.thing_id)
        if pair is None or pair.version != row.after_version:
            gone.append(row.thing_id)
            continue
        pair.state, pair.decided_at, pair.said = PairState.OPEN, None, None
        record(actor, "duplicate.opened", pair.one_id, other=pair.other_id)
        done += 1
    return done, titles_of(gone)


def get_pair_as_shown(pair_id: int, version: int) -> DuplicatePair:
    """A pair about which nobody has decided since it was shown; raises Missing or Conflict."""
    pair = db.session.scalar(select(DuplicatePair).where(DuplicatePair.id == pair_id).with_for_update())
    if pair is None:
        raise Missing
    if pair.state == PairState.MERGED or pair.version != version:
        raise Conflict(_("Über dieses Paar ist inzwischen entschieden worden."))
    return pair
