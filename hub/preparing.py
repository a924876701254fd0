"""Before the server starts: bring tables, collections, examples and index up to date; print how to sign in."""

import logging
from pathlib import Path

import click
from flask import Flask, current_app, url_for
from flask.cli import AppGroup
from sqlalchemy import func, inspect, select

from hub.accounts.models import User
from hub.accounts.queries import FIRST_ADMIN
from hub.accounts.service.organisations import find_or_create, load_starting_organisations
from hub.accounts.service.people import Person, create_user
from hub.accounts.service.signing_in import find_unused_first_links, make_link
from hub.checking import marks
from hub.collections.service import load_starting_collections
from hub.core import schema
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.permissions import Role
from hub.entries.service.importing import import_entries
from hub.entries.service.vocabulary import load_starting_terms
from hub.indexing import service as indexing
from hub.indexing.errors import IndexUnusable
from hub.search.service.thesaurus import fill_thesaurus
from hub.web.drawing import load_templates

EXAMPLES = Path(__file__).parent / "entries" / "data" / "examples.jsonl"
OFFICE = "DEFUS-Geschäftsstelle"
EXAMPLE_PEOPLE = (
    Person("verwaltung@example.org", "Beispiel Verwaltung", 0, Role.ADMIN),
    Person("redaktion@example.org", "Beispiel Redaktion", 0, Role.EDITOR),
    Person("koordination@example.org", "Beispiel Koordination", 0, Role.COORDINATOR),
    Person("mitglied@example.org", "Beispiel Mitglied", 0, Role.MEMBER),
)
SIGN_IN_HINT = "Anmelden mit E-Mail-Adresse und Passwort."
NO_ACCOUNT_HINT = (
    "Noch gibt es kein Konto. So legen Sie das erste an:\n"
    "  .venv/bin/flask users create --email … --name … --organisation … --role admin --password-stdin"
)

hub = AppGroup("hub", help="Den Wissensspeicher vorbereiten.")


@hub.command("prepare")
def prepare() -> None:
    """Tabellen, Sammlungen, Beispiele und Suchindex auf den neuesten Stand bringen und die Anmeldung nennen."""
    current_app.config["INDEX_REBUILD_INLINE"] = True
    logging.getLogger("hub.indexing").setLevel(logging.ERROR)  # a missing index is expected here
    logging.getLogger("hub.audit").setLevel(logging.WARNING)  # what is set up here stands in the table
    is_first_run = migrate()
    marks.remember_keys(current_app._get_current_object())  # type: ignore[attr-defined]
    load_starting_organisations()
    load_starting_collections()
    load_starting_terms()
    fill_thesaurus()
    if is_first_run and current_app.config["EXAMPLES"]:
        load_examples()
    if is_first_run:
        create_first_admin()
    bring_index_up_to_date()
    load_templates(current_app._get_current_object())  # type: ignore[attr-defined]
    print_links()


def arm_migrations(app: Flask) -> None:
    """Make the commands of Flask-Migrate work; the server itself does without Alembic and starts faster."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(app.config["MIGRATIONS_FOLDER"]), render_as_batch=True, compare_type=True)


def migrate() -> bool:
    """Bring the tables to the newest schema; True when there were none."""
    from flask_migrate import upgrade

    refuse_newer_schema()
    is_first_run = not inspect(db.engine).has_table("user_account")
    arm_migrations(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo("Datenbank wird angelegt …" if is_first_run else "Datenbank wird geprüft …")
    upgrade(directory=str(current_app.config["MIGRATIONS_FOLDER"]))
    return is_first_run


def refuse_newer_schema() -> None:
    """Leave a database alone that a newer version has changed already."""
    found = schema.found_version()
    if found is not None and found not in schema.known_versions(current_app.config["MIGRATIONS_FOLDER"]):
        raise click.ClickException(
            f"Die Datenbank ({found}) ist von einer neueren Version als dieses Programm. Bitte nehmen Sie die neuere "
            "Version des Wissensspeichers oder die Sicherung von vor der Umstellung. Geändert wurde nichts."
        )
    db.session.rollback()


def load_examples() -> None:
    """The example content and one example account of each role."""
    click.echo("Beispieleinträge werden geladen …")
    with EXAMPLES.open(encoding="utf-8") as lines:
        done = import_entries(lines, create_missing=False)
    click.echo(f"  {done.created} Einträge in acht Sammlungen")
    for person in EXAMPLE_PEOPLE:
        name = OFFICE if person.role in (Role.ADMIN, Role.EDITOR) else "Essen"
        with_place = Person(person.email, person.name, find_or_create(SYSTEM, name).id, person.role)
        create_user(SYSTEM, with_place, is_example=True)


def create_first_admin() -> None:
    """The account whose link is printed until a password is set."""
    if current_app.config["EXAMPLES"]:
        create_user(SYSTEM, Person(FIRST_ADMIN, "Verwaltung", find_or_create(SYSTEM, OFFICE).id, Role.ADMIN))


def bring_index_up_to_date() -> None:
    """Catch up, or build anew with progress when the index is missing, damaged or of an older schema."""
    try:
        indexing.catch_up(patience=indexing.FOR_EVER)
    except IndexUnusable:
        click.echo("Suchindex wird aufgebaut …")
        indexing.rebuild(progress=show_progress)


def show_progress(done: int, total: int) -> None:
    """How far the index is."""
    click.echo(f"  {done} von {total} Einträgen")


def print_links() -> None:
    """The address and the links that are still unused."""
    base = current_app.config["BASE_URL"]
    click.echo(f"\nAdresse: {base}")
    links = find_unused_first_links(lambda user: make_link(SYSTEM, user, purpose_of(user)))
    if not links:
        click.echo(SIGN_IN_HINT if has_accounts() else NO_ACCOUNT_HINT)
    for user, token in links:
        with current_app.test_request_context():
            path = url_for("accounts.link", token=token)
        click.echo(f"{explanation(user)}\n  {base}{path}")
    click.echo("")


def has_accounts() -> bool:
    """Whether anybody can sign in."""
    return db.session.scalar(select(func.count()).select_from(User)) != 0


def purpose_of(user: User) -> str:
    """Example accounts sign in directly; the first administrator sets a password."""
    return "example" if user.is_example else "first_admin"


def explanation(user: User) -> str:
    """What a printed link is for."""
    if user.is_example:
        return f"Einmal-Link für das Beispielkonto {user.name} ({user.email}), 24 Stunden gültig:"
    return f"Einmal-Link, mit dem die erste Verwaltung ({user.email}) ein Passwort festlegt, 24 Stunden gültig:"
