"""Every entry carries its address and DOI in the one spelling under which the same thing is found again."""

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from hub.core.db import arm_sqlite, db


def test_address_follows_the_link(make):
    entry = make.entry(url="https://www.Example.org/a/?utm_source=x#oben")
    assert entry.address == "example.org/a"
    entry.url = None
    assert entry.address is None
    entry.url = "https://intranet"
    assert entry.address == "intranet"


def test_doi_follows_details_and_link(make):
    entry = make.entry(kind="fachartikel", details={"doi": "https://doi.org/10.5555/JUS.1"})
    assert entry.doi == "10.5555/jus.1"
    entry.details = None
    assert entry.doi is None
    entry.url = "https://doi.org/10.5555/abc"
    assert entry.doi == "10.5555/abc"


def test_rows_of_earlier_versions_get_their_address(migrated_app, tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    arm_sqlite(engine)
    with migrated_app.app_context():
        engines = db._app_engines[migrated_app]
        kept, engines[None] = engines[None], engine
        folder = str(migrated_app.config["MIGRATIONS_FOLDER"])
        try:
            upgrade(directory=folder, revision="0004")
            add_old_rows(engine)
            upgrade(directory=folder)
            with engine.connect() as connection:
                found = connection.execute(sa.text("SELECT address, doi FROM entry ORDER BY id")).all()
            downgrade(directory=folder, revision="0004")
        finally:
            engines[None] = kept
            engine.dispose()
    assert found == [("example.org/a", None), (None, "10.5555/x"), ("example.org/b", None)]


def add_old_rows(engine):
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO organisation (id, name, label, kind, version, created_at)"
                " VALUES (1, 'Essen', 'Stadt Essen', 'city', 1, '2026-01-01')"
            )
        )
        for number, (url, details) in enumerate(
            [("https://www.example.org/a/", None), (None, '{"doi": "10.5555/X"}'), ("http://example.org/b", "null")], 1
        ):
            connection.execute(
                sa.text(
                    "INSERT INTO entry (id, title, summary, text, note, url, kind, publisher, organisation_id, "
                    "language, details, status, status_note, version, created_at, updated_at) "
                    "VALUES (:id, 'T', '', '', '', :url, 'dokument', '', 1, 'de', :details, "
                    "'draft', '', 1, '2026-01-01', '2026-01-01')"
                ),
                {"id": number, "url": url, "details": details},
            )
