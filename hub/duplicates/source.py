"""What this room brings to the desk: pairs of entries that may be the same thing."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from hub.core.actor import Actor
from hub.core.errors import Refused
from hub.core.findings import Deed, Finding, Settled
from hub.duplicates import queries, words
from hub.duplicates.judging import ADDRESS, DOI, FILE
from hub.duplicates.queries import Pair
from hub.duplicates.service import deciding, merging

SURE = frozenset({ADDRESS, DOI, FILE})
MERGE = Deed("merge", _l("Zusammenführen"), "check")
APART = Deed("dismiss", _l("Kein Duplikat"), "x")


class Duplicates:
    """Entries that may be the same thing."""

    name = "duplicate"
    label = _l("Dubletten")

    def count(self, actor: Actor) -> Select[Any]:
        """All pairs that wait."""
        return queries.count_open(actor)

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """The surest first."""
        return [_finding(pair) for pair in queries.find_open(actor, limit)]

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Make one of each pair with the better values, or keep them apart for good."""
        if deed == MERGE.key:
            return merging.merge_pairs(actor, chosen)
        if deed == APART.key:
            return deciding.keep_apart(actor, chosen)
        raise Refused


def _finding(pair: Pair) -> Finding:
    address = url_for("duplicates.compare", pair_id=pair.id)
    look = Deed("compare", _l("Vergleichen"), "eye", address=address)
    deeds = (MERGE, APART, look) if SURE & set(pair.reasons) else (look, APART, MERGE)
    return Finding(
        source=Duplicates.name,
        thing_id=pair.id,
        version=pair.version,
        title=pair.one.title,
        finding=_("Vielleicht dasselbe: %(reasons)s", reasons=words.reason_text(pair.reasons)),
        deeds=deeds,
        since=pair.found_at,
        about=_("Auch da: „%(title)s“", title=pair.other.title),
        tone="warn",
        icon="copy",
        address=address,
        origin=pair.other.organisation,
    )


SOURCE = Duplicates()
