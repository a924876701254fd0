"""Commands about entries."""

import sys
from typing import TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from hub.core.errors import HubError
from hub.entries.service.files import sweep_held_files
from hub.entries.service.importing import LineRefused, import_entries
from hub.indexing import service as indexing

MOST_TWINS = 20
entries = AppGroup("entries", help="Einträge einlesen und aufräumen.")


@entries.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--create-missing", is_flag=True, help="Fehlende Sammlungen, Abschnitte und Organisationen anlegen.")
def import_file(file: TextIO, create_missing: bool) -> None:
    """Einträge aus einer JSON-Lines-Datei veröffentlichen; gleiche id aktualisiert den Eintrag."""
    current_app.config["INDEX_REBUILD_INLINE"] = True
    try:
        with indexing.postponed(progress=show_progress):
            done = import_entries(file, create_missing, progress=show_progress)
    except LineRefused as error:
        raise click.ClickException(f"{error} Es wurde nichts eingelesen.") from error
    except HubError as error:
        raise click.ClickException(error.message) from error
    except UnicodeDecodeError as error:
        raise click.ClickException("Die Datei ist nicht in UTF-8 gespeichert. Es wurde nichts eingelesen.") from error
    click.echo(f"{done.created} Einträge angelegt, {done.updated} aktualisiert.")
    for new, known in done.twins[:MOST_TWINS]:
        click.echo(f"Vielleicht doppelt: „{new}“ hat denselben Link oder dieselbe DOI wie „{known}“.")
    if len(done.twins) > MOST_TWINS:
        click.echo(f"… und {len(done.twins) - MOST_TWINS} weitere; sie stehen nach dem nächtlichen Vergleich am Pult.")


@entries.command("sweep")
def sweep() -> None:
    """Hochgeladene Dateien entfernen, deren Formular nie abgeschickt wurde."""
    click.echo(f"{sweep_held_files()} Dateien entfernt.")


@entries.command("take-in-mail")
@click.option("--recipient", default="", help="Adresse, an die die Nachricht ging (für eigene Adressen mit +).")
def take_in_mail(recipient: str) -> None:
    """Eine Nachricht (RFC 5322) von der Standardeingabe als Entwurf ihres Absenders aufnehmen.

    Rückgabewerte nach sysexits: 0 aufgenommen, 65 nichts aufzunehmen, 67 unbekannt, 75 später, 77 nicht geprüft.
    """
    from hub.entries import taking_mail  # no server needs what reads mail

    code, sentence = taking_mail.take(sys.stdin.buffer, recipient)
    click.echo(sentence, err=code != 0)
    raise SystemExit(code)


def show_progress(done: int, total: int) -> None:
    """A line of progress on the error stream for long imports."""
    if total > 1000:
        click.echo(f"\r{done} von {total}", err=True, nl=done == total)
