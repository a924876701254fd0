"""What can take the place of a link, and what the office can do about a verdict."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from hub.core import clock
from hub.core.findings import Deed
from hub.linkcare.outcomes import Outcome

ARCHIVE_HOST = "web.archive.org"
ARCHIVE = f"https://{ARCHIVE_HOST}/web/"
ADOPT, TWIN, COPY, CONFIRM, DISMISS = "adopt", "twin", "archive", "confirm", "dismiss"
CHECK = "check"
DEEDS = {
    ADOPT: Deed(ADOPT, _l("Neue Adresse übernehmen"), "external-link"),
    TWIN: Deed(TWIN, _l("Adresse des gleichnamigen Eintrags übernehmen"), "copy"),
    COPY: Deed(COPY, _l("Archivkopie nutzen"), "archive"),
    CONFIRM: Deed(CONFIRM, _l("Befund bestätigen"), "check"),
    DISMISS: Deed(DISMISS, _l("Link ist in Ordnung"), "x"),
}
REPLACING = (ADOPT, TWIN, COPY)
_PASSING = (CONFIRM, COPY, DISMISS)
_BY_OUTCOME = {
    Outcome.MOVED: (ADOPT, DISMISS),
    Outcome.GONE: (COPY, CONFIRM, DISMISS),
    Outcome.SOFT_GONE: (COPY, CONFIRM, DISMISS),
    Outcome.NO_HOST: (COPY, CONFIRM, DISMISS),
    Outcome.CERTIFICATE: _PASSING,
    Outcome.SLOW: _PASSING,
    Outcome.SERVER: _PASSING,
    Outcome.CHANGED: (DISMISS, COPY),
}


def deeds_for(outcome: str, has_twin: bool = False) -> tuple[Deed, ...]:
    """What the office can do, the proposed deed first."""
    keys = _BY_OUTCOME.get(Outcome(outcome), ())
    if has_twin and COPY in keys:
        keys = (TWIN, *keys)
    return tuple(DEEDS[key] for key in keys)


def outcomes_with(deed: str) -> list[str]:
    """Verdicts for which there is this deed, as long as the matter is open."""
    key = COPY if deed == TWIN else deed
    return [outcome.value for outcome, keys in _BY_OUTCOME.items() if key in keys]


def archive_address(url: str, moment: datetime) -> str:
    """Where the Internet Archive would show its copy nearest to that day; whether it has one nobody has asked."""
    return f"{ARCHIVE}{clock.local(moment):%Y%m%d}/{url}"
