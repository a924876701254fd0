"""Commands about the audit table."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from hub.audit import chain, service
from hub.audit.models import AuditEvent, AuditHead
from hub.core.db import db

audit = AppGroup("audit", help="Das Protokoll prüfen und kürzen.")


@audit.command("verify")
@click.option("--noted", metavar="NUMMER:HASH", help="Eine Zeile, die Sie sich außerhalb gemerkt haben.")
def verify(noted: str | None) -> None:
    """Prüfen, ob jede Zeile des Protokolls so dasteht, wie sie geschrieben wurde; nennt die erste, die nicht passt."""
    broken = chain.find_break(db.session())
    if broken is not None:
        click.echo(f"Zeile {broken.number} {broken.reason}.")
        sys.exit(1)
    head = db.session.execute(select(*AuditHead.__table__.columns)).one()
    if noted and not _stands(noted, head):
        click.echo(f"Die gemerkte Zeile {noted.partition(':')[0]} steht so nicht (mehr) im Protokoll.")
        sys.exit(1)
    click.echo(f"Das Protokoll ist vollständig: Zeilen {head.anchor_number + 1} bis {head.number}.")
    click.echo(f"Zum Merken an einem anderen Ort: {head.number}:{head.hash}")


@audit.command("prune")
@click.option("--days", type=click.IntRange(min=1), help="Statt der Frist aus HUB_AUDIT_DAYS.")
def prune(days: int | None) -> None:
    """Zeilen löschen, die älter sind als die Frist; die Prüfung bleibt möglich."""
    days = days or current_app.config["AUDIT_DAYS"]
    if not days:
        click.echo("Nach HUB_AUDIT_DAYS=0 bleibt alles.")
        return
    click.echo(f"{service.prune(days)} Zeilen gelöscht.")


def _stands(noted: str, head: object) -> bool:
    number, _colon, noted_hash = noted.partition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise click.BadParameter("Erwartet wird NUMMER:HASH, wie diese Prüfung es am Ende nennt.")
    if int(number) == head.anchor_number:  # type: ignore[attr-defined]
        return bool(noted_hash == head.anchor_hash)  # type: ignore[attr-defined]
    return db.session.scalar(select(AuditEvent.hash).where(AuditEvent.id == int(number))) == noted_hash
