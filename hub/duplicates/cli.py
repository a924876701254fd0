"""Commands about duplicates."""

import click
from flask.cli import AppGroup

from hub.core.db import db
from hub.duplicates import queries
from hub.duplicates.service.comparing import compare_changed

duplicates = AppGroup("duplicates", help="Einträge suchen, die doppelt sind.")


@duplicates.command("find")
def find() -> None:
    """Vergleichen, was sich seit dem letzten Mal geändert hat (sonst nachts)."""
    compare_changed({})
    click.echo(f"{db.session.scalar(queries.open_pairs()) or 0} mögliche Dubletten warten.")
