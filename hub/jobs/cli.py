"""Commands about jobs."""

import os
import sys

import click
from flask import current_app
from flask.cli import AppGroup

from hub.jobs.worker import Worker, do_all_due

jobs = AppGroup("jobs", help="Aufgaben im Hintergrund erledigen.")


@jobs.command("work")
@click.option("--once", is_flag=True, help="Erledigen, was fällig ist, und enden.")
def work(once: bool) -> None:
    """Aufgaben erledigen, bis der Prozess beendet wird (Strg+C oder SIGTERM)."""
    if once:
        count = do_all_due()
        click.echo(f"{count} {'Aufgabe' if count == 1 else 'Aufgaben'} erledigt.")
        return
    click.echo("Aufgaben werden erledigt (beenden mit Strg+C) …")
    Worker(current_app._get_current_object()).run()  # type: ignore[attr-defined]
    sys.stdout.flush()
    # Threads that still hang must not keep the process.
    os._exit(0)
