"""What was done, in words for the note that stays on the next page."""

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.core.findings import Settled
from hub.desk import sources


def told(name: str, deed: str, settled: Settled) -> str:
    """What became of the chosen findings of one source."""
    number = settled.count
    if (name, deed) == ("submission", "approve"):
        return ngettext("Ein Eintrag ist freigegeben.", "%(num)s Einträge sind freigegeben.", number)
    if (name, deed) == ("submission", "return"):
        return ngettext("Ein Eintrag ist zurückgegeben.", "%(num)s Einträge sind zurückgegeben.", number)
    if (name, deed) == ("submission", "reject"):
        return ngettext("Ein Eintrag ist abgelehnt.", "%(num)s Einträge sind abgelehnt.", number)
    if (name, deed) == ("change", "approve"):
        return ngettext("Eine Änderung ist freigegeben.", "%(num)s Änderungen sind freigegeben.", number)
    if (name, deed) == ("change", "return"):
        return ngettext("Eine Änderung ist zurückgegeben.", "%(num)s Änderungen sind zurückgegeben.", number)
    return _("%(label)s: %(count)s erledigt.", label=sources.get(name).label, count=number)


def conflicts(settled: Settled) -> str:
    """What somebody else had settled or changed meanwhile, by name."""
    return _("Inzwischen anders entschieden oder geändert: %(names)s.", names="; ".join(settled.conflicts))
