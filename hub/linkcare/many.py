"""A deed about links: few at once, many by a worker whose page shows how far it is; and what is told of it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.core.actor import Actor, require
from hub.core.errors import Refused
from hub.core.findings import Settled
from hub.entries.service.many import Prepared
from hub.linkcare import policy, service
from hub.linkcare.choosing import Pairs
from hub.linkcare.proposing import CHECK, DEEDS
from hub.undoing import working
from hub.undoing.working import Note

WORK, MOST_TITLES = "links", 10


def do(actor: Actor, deed: str, pairs: Pairs, ahead: Sequence[Prepared] = ()) -> list[Note]:
    """Do it now. Raises Refused for a deed that does not exist."""
    if deed != CHECK:
        return _told(deed, service.settle(actor, deed, pairs, ahead=ahead))
    count = service.check_now(actor, [number for number, _version in pairs])
    text = ngettext(
        "%(num)s Link wird geprüft, sobald seine Website an der Reihe ist.", "%(num)s Links werden geprüft.", count
    )
    return [Note("success", text)]


def do_later(actor: Actor, deed: str, pairs: Pairs, back: str) -> int:
    """``do`` by a worker; the number of the page that shows how far it is. Raises Refused as ``do``."""
    require(policy.may_tend(actor))
    if deed not in (CHECK, *DEEDS):
        raise Refused(_("Diese Aktion gibt es nicht."))
    label = _("Jetzt prüfen") if deed == CHECK else str(DEEDS[deed].label)
    return working.begin(actor, WORK, label, len(pairs), {"deed": deed, "pairs": pairs}, back)


def read_task(payload: dict[str, Any], tell: working.Tell) -> list[Prepared]:
    """The worker's part before the unit of work opens."""
    return service.read_ahead(payload["deed"], payload["pairs"], tell)


def do_task(actor: Actor, payload: dict[str, Any], read: list[Prepared]) -> list[Note]:
    """The worker's part, inside the unit of work."""
    return do(actor, payload["deed"], [(number, version) for number, version in payload["pairs"]], read)


def _told(deed: str, settled: Settled) -> list[Note]:
    notes = []
    if settled.undo_id is not None:
        text = _("%(label)s: %(count)s.", label=DEEDS[deed].label, count=settled.count)
        notes.append(Note("success", text, settled.undo_id))
    if settled.conflicts:
        titles = "; ".join(settled.conflicts[:MOST_TITLES])
        left = _("Inzwischen anders, deshalb nicht angetastet: %(titles)s", titles=titles)
        more = len(settled.conflicts) - MOST_TITLES
        and_more = ngettext("Und %(num)s weiterer.", "Und %(num)s weitere.", more) if more > 0 else ""
        notes.append(Note("warning", f"{left} {and_more}".rstrip()))
    return notes
