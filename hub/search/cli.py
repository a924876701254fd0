"""Commands about the search: ask it as a member would, look after the index."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from hub.core.actor import SYSTEM
from hub.core.errors import Missing
from hub.core.text import clean_line
from hub.indexing import service as indexing
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.wanted import Wanted
from hub.search import queries
from hub.search.explaining import explain_hit

MOST_HITS = 1000
search = AppGroup("search", help="Suchen und den Suchindex pflegen.")


@search.command("query")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, MOST_HITS), default=10, show_default=True, help="Höchstens so viele.")
@click.option("--json", "as_json", is_flag=True, help="Als JSON ausgeben.")
def query(text: str, limit: int, as_json: bool) -> None:
    """Treffer zu TEXT ausgeben: Rang, Nummer, Kennung, Titel, Punkte."""
    hits = [
        {"rank": rank, "id": row.id, "identifier": identifier, "title": row.title, "score": score}
        for rank, row, identifier, score in _hits(text, limit)
    ]
    if as_json:
        click.echo(json.dumps(hits, ensure_ascii=False, indent=2))
        return
    for hit in hits:
        click.echo("\t".join(str(value) for value in hit.values()))


@search.command("run")
@click.argument("file", type=click.File("r", encoding="utf-8"), metavar="QUERIES.jsonl")
@click.option("--limit", type=click.IntRange(1, MOST_HITS), default=50, show_default=True, help="Höchstens je Frage.")
def run(file: TextIO, limit: int) -> None:
    """Viele Suchen nacheinander; je Zeile der Datei die Felder id und query.

    Ausgabe je Treffer: Kennung der Frage, Rang, Kennung des Eintrags, Punkte, durch Tabulator getrennt.
    """
    for query_id, text in _questions(file):
        for rank, row, identifier, score in _hits(text, limit):
            click.echo(f"{query_id}\t{rank}\t{identifier or row.id}\t{score}")


@search.command("explain")
@click.argument("text", metavar="QUERY")
@click.argument("entry", type=int, metavar="ID")
def explain(text: str, entry: int) -> None:
    """Warum der Eintrag ID bei der Suche QUERY dort steht, wo er steht: Wörter, Gewichte, Fundstellen."""
    current_app.config["INDEX_REBUILD_INLINE"] = True
    try:
        account = _or_words(lambda: explain_hit(SYSTEM, clean_line(text), entry))
    except Missing as error:
        raise click.ClickException(f"Den Eintrag {entry} gibt es in der Suche nicht.") from error
    why = account.explanation
    place = f"Platz {account.rank} von {account.found.total}" if account.rank else "nicht unter den Treffern"
    click.echo(f"{account.row.title}: {place}, {why.score} Punkte")
    for wish in account.wishes:
        click.echo(f"  {wish.label}: Gewicht {wish.importance} × {wish.degree} = {wish.points:.3f}")
        for way in wish.ways:
            click.echo(f"    {way.degree}\t{way.source}\t{way.terms}")
    click.echo(f"  Abgedeckt {why.coverage}, Faktor für den Stand {why.factor}")
    for field in account.places:
        click.echo(f"  {field.label} (Gewicht {field.weight}): {', '.join(field.words)}")


@search.command("rebuild")
def rebuild() -> None:
    """Den Suchindex neu aufbauen; der bisherige antwortet so lange weiter."""
    count = _or_words(lambda: indexing.rebuild(_progress()))
    click.echo(f"{count} Einträge im Suchindex.")


@search.command("check")
def check() -> None:
    """Suchindex und Tabellen vergleichen; endet mit 1, wenn sie sich unterscheiden."""
    try:
        missing, extra = indexing.check()
    except IndexUnusable as reason:
        raise click.ClickException(
            f"Der Suchindex lässt sich nicht lesen ({reason}). Abhilfe: flask search rebuild"
        ) from reason
    if missing or extra:
        raise click.ClickException(
            f"Im Suchindex fehlen {len(missing)} Einträge{_some(missing)}, {len(extra)} stehen zu viel "
            f"darin{_some(extra)}. Abhilfe: flask search catch-up, sonst flask search rebuild"
        )
    click.echo("Suchindex und Tabellen stimmen überein.")


@search.command("catch-up")
def catch_up() -> None:
    """Noch nicht übernommene Änderungen in den Suchindex übernehmen."""
    current_app.config["INDEX_REBUILD_INLINE"] = True
    if not _or_words(indexing.bring_up_to_date):
        raise click.ClickException(
            "Ein anderer Prozess arbeitet gerade am Suchindex. Bitte versuchen Sie es gleich noch einmal."
        )
    click.echo("Der Suchindex ist auf dem neuesten Stand.")


def _hits(text: str, limit: int) -> Iterator[tuple[int, Any, str, float]]:
    """Rank, row, identifier and score, found as the search page finds them."""
    current_app.config["INDEX_REBUILD_INLINE"] = True
    result = queries.find(SYSTEM, Wanted(text=clean_line(text), per_page=limit))
    identifiers = queries.find_identifiers([row.id for row in result.rows])
    for rank, row in enumerate(result.rows, 1):
        yield rank, row, identifiers[row.id], result.scores[row.id]


def _questions(file: TextIO) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            yield str(question["id"]), str(question["query"])
        except (ValueError, KeyError, TypeError) as error:
            raise click.ClickException(
                f"Zeile {number} ist keine Frage: Erwartet wird JSON mit den Feldern id und query."
            ) from error


def _or_words(step: Callable[[], Any]) -> Any:
    """The step's answer, or what went wrong in words."""
    try:
        return step()
    except IndexBusy as error:
        raise click.ClickException(
            "Ein anderer Prozess arbeitet gerade am Suchindex. Bitte versuchen Sie es gleich noch einmal."
        ) from error
    except (IndexUnusable, OSError) as error:
        raise click.ClickException(f"Der Suchindex lässt sich nicht schreiben: {error}") from error


def _progress() -> Callable[[int, int], None]:
    """Shows what is done, how fast, and how long the rest takes, on the error stream."""
    started = time.monotonic()

    def show(done: int, total: int) -> None:
        rate = done / max(time.monotonic() - started, 0.001)
        rest = (total - done) / rate if rate else 0
        click.echo(f"\r{done} von {total}, {rate:.0f} je Sekunde, noch {rest:.0f} s ", err=True, nl=done >= total)

    return show


def _some(ids: set[int]) -> str:
    return f" ({', '.join(map(str, sorted(ids)[:5]))}{' …' if len(ids) > 5 else ''})" if ids else ""
