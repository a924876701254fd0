"""Commands about the thesaurus: out to a file and in from one."""

from pathlib import Path

import click
from flask.cli import AppGroup

from hub.core.actor import SYSTEM
from hub.core.errors import Refused
from hub.search import skos
from hub.search.service.thesaurus import import_concepts
from hub.search.thesaurus_queries import load_concepts

thesaurus = AppGroup("thesaurus", help="Den Wortschatz der Suche als SKOS laden und übernehmen.")
_FILE = click.Path(dir_okay=False, path_type=Path)


@thesaurus.command("export")
@click.argument("file", type=_FILE, metavar="FILE.ttl|.rdf")
def export_(file: Path) -> None:
    """Alle Begriffe in eine Datei schreiben, nach der Endung als Turtle oder RDF/XML."""
    if file.suffix not in skos.FORMATS:
        raise click.ClickException("Der Dateiname endet auf .ttl (Turtle) oder .rdf (RDF/XML).")
    concepts = load_concepts()
    try:
        file.write_bytes(skos.written(concepts, file.suffix))
    except OSError as error:
        raise click.ClickException(f"Die Datei lässt sich nicht schreiben: {error.strerror}") from error
    click.echo(f"{len(concepts)} Begriffe geschrieben.")


@thesaurus.command("import")
@click.argument("file", type=_FILE, metavar="FILE.ttl|.rdf")
def import_(file: Path) -> None:
    """Begriffe aus einer SKOS-Datei hinzufügen und ändern, ganz oder gar nicht; andere bleiben."""
    try:
        with file.open("rb") as opened:
            reading = skos.read(opened.read(skos.LARGEST_FILE + 1), file.name)
        count = import_concepts(SYSTEM, reading.concepts)
    except OSError as error:
        raise click.ClickException(f"Die Datei lässt sich nicht lesen: {error.strerror}") from error
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(f"{len(reading.concepts)} Begriffe gelesen, {count} neu oder geändert.")
    if reading.languages:
        click.echo(f"Nicht übernommen: Bezeichnungen in {', '.join(reading.languages)}.")
    if reading.nameless:
        click.echo(f"Nicht übernommen: {reading.nameless} Begriffe ohne Bezeichnung.")
