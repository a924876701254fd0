"""What was done, in words for the note that stays on the next page."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.core.findings import Settled
from hub.desk import sources
from hub.undoing.working import Note

MOST_TITLES = 10


def notes(settled: Mapping[tuple[str, str], Settled]) -> list[Note]:
    """What became of all that was chosen, by source and deed."""
    return [note for (name, deed), one in settled.items() for note in notes_of(told(name, deed, one), one)]


def notes_of(text: str, settled: Settled) -> list[Note]:
    """What was done, with the way back, and what had moved on."""
    done = [Note("success", text, settled.undo_id)] if settled.count else []
    return done + ([Note("warning", conflicts(settled))] if settled.conflicts else [])


def placed(number: int) -> str:
    """What became of submissions that were put elsewhere."""
    return ngettext(
        "Ein Eintrag hat jetzt eine andere Sammlung.", "%(num)s Einträge haben jetzt eine andere Sammlung.", number
    )


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
    names = "; ".join(settled.conflicts[:MOST_TITLES])
    more = len(settled.conflicts) - MOST_TITLES
    text = _("Inzwischen anders entschieden oder geändert: %(names)s.", names=names)
    return text + (" " + ngettext("Und %(num)s weiterer.", "Und %(num)s weitere.", more) if more > 0 else "")
