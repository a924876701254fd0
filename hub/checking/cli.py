"""`flask hub check`."""

import json
import sys

import click
from flask import current_app

from hub.checking import model
from hub.checking.model import LABELS, Level


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Die Befunde für Programme.")
def check(as_json: bool) -> None:
    """Prüfen, ob diese Einrichtung für Menschen taugt; Halt und Fehler enden mit 1."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found = model.find(app)
    total = len(model.all_checks())
    if as_json:
        rows = [{"id": f.id, "level": f.level.name.lower(), "what": f.what, "remedy": f.remedy} for f in found]
        click.echo(json.dumps({"checks": total, "findings": rows}, ensure_ascii=False, indent=1))
    else:
        for finding in found:
            click.echo(f"{LABELS[finding.level]} {finding.id}: {finding.what}. {finding.remedy}")
        click.echo(f"{total} Prüfungen, {len(found)} Befunde.")
    if any(finding.level >= Level.ERROR for finding in found):
        sys.exit(1)
