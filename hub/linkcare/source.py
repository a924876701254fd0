"""Findings about links for the office's desk."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select

from hub.core.actor import Actor
from hub.core.findings import Finding, Settled
from hub.linkcare import queries, service
from hub.linkcare.outcomes import LABELS, LOOKS, Outcome
from hub.linkcare.queries import Line
from hub.web.filters import day, host, minute


class LinkSource:
    """Links that are broken, have moved or show something else."""

    name = "link"
    label = _l("Links")

    def count(self, actor: Actor) -> Select[Any]:
        """The question for how many wait."""
        return queries.count_open(actor)

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Broken links first, those that have been so longest on top."""
        return [_finding(line, count - 1) for line, count in queries.find_open(actor, limit)]

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Replace links, confirm findings or reject them."""
        return service.settle(actor, deed, chosen, text)


def _finding(line: Line, more: int) -> Finding:
    outcome = Outcome(line.outcome)
    tone, icon = LOOKS[outcome]
    where = host(line.url)
    about = ngettext(
        "%(host)s, und %(num)s weiterer Eintrag", "%(host)s, und %(num)s weitere Einträge", more, host=where
    )
    return Finding(
        source=LinkSource.name,
        thing_id=line.id,
        version=line.version,
        title=line.title,
        finding=_("%(label)s seit %(day)s", label=LABELS[outcome], day=day(line.since)),
        deeds=line.deeds,
        since=line.since or line.next_at,
        about=about if more else where,
        tone=tone or "info",
        icon=icon,
        address=url_for("linkcare.link", link_id=line.id),
        entry_id=line.carriers[0].id if line.carriers else None,
    )


def notice() -> tuple[str, str] | None:
    """For the desk: since when the checker itself stands, and where more is said of it."""
    since = queries.stopped_since()
    text = _("Die Prüfung der Links steht seit %(time)s.", time=minute(since)) if since else ""
    return (text, url_for("linkcare.overview")) if since else None


SOURCE = LinkSource()
