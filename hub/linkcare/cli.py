"""Commands about links."""

import click
from flask.cli import AppGroup
from sqlalchemy import update

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.address import NoAddress, normalise
from hub.core.unit_of_work import unit_of_work
from hub.linkcare import checker, queries, store
from hub.linkcare.models import Link
from hub.linkcare.outcomes import LABELS, Outcome
from hub.web.filters import minute

links = AppGroup("links", help="Links der Einträge prüfen.")


@links.command("status")
def status() -> None:
    """Wann zuletzt geprüft wurde, und wie viele Links wie stehen."""
    standing, counts = queries.get_standing(SYSTEM), queries.count_by_list(SYSTEM)
    click.echo(f"Prüfung: {'an' if standing.is_on else 'aus'}; zuletzt: {_when(standing.ran_at)}")
    if standing.stopped_since:
        click.echo(f"Sie steht seit {minute(standing.stopped_since)}.")
    if standing.paused_since:
        click.echo(f"Pause seit {minute(standing.paused_since)}: Fast keine Website antwortet.")
    click.echo(f"{standing.link_count} Links, {standing.due_count} davon fällig, {counts['open']} zu entscheiden.")
    for outcome in Outcome:
        if counts[outcome.value]:
            click.echo(f"{counts[outcome.value]:8} {LABELS[outcome]}")


@links.command("check-now")
@click.argument("address", required=False)
def check_now(address: str | None) -> None:
    """Prüfen, was fällig ist, oder den Link ADDRESS; auch wenn die Prüfung ausgeschaltet ist."""
    store.follow_entries()
    if address is not None:
        _make_due(address)
    click.echo(f"{checker.run_round()} Links geprüft.")


def _make_due(address: str) -> None:
    try:
        wanted = normalise(address)
    except NoAddress as error:
        raise click.ClickException("Das ist keine Internet-Adresse.") from error
    with unit_of_work() as session:
        found = session.execute(
            update(Link).where(Link.address == wanted).values(next_at=clock.now()).returning(Link.id)
        )
        if found.first() is None:
            raise click.ClickException("Kein veröffentlichter Eintrag hat diesen Link.")


def _when(moment: "clock.datetime | None") -> str:
    return minute(moment) if moment else "noch nie"
