"""Time comes from here, so that tests can hold it still."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hub.core.errors import Refused

LOCAL_ZONE = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _wall_clock()


def _wall_clock() -> datetime:
    """What tests replace: ``now`` itself is the default of columns and cannot be swapped."""
    return datetime.now(UTC)


def today() -> date:
    """The present day where the network lives."""
    return now().astimezone(LOCAL_ZONE).date()


def start_of(day: date) -> datetime:
    """The moment in which a day begins where the network lives."""
    return datetime.combine(day, time.min, LOCAL_ZONE).astimezone(UTC)


def moment_of(text: str) -> datetime:
    """A moment as a form carried it; raises Refused for anything else, also for one without a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused from None
    if moment.tzinfo is None:
        raise Refused
    return moment


def local(moment: datetime) -> datetime:
    """A stored moment as the clock on the wall shows it."""
    return moment.astimezone(LOCAL_ZONE)
