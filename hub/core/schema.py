"""Which schema the database has and which ones this code knows; without Alembic, so that the server starts fast."""

from pathlib import Path

from sqlalchemy import inspect, text

from hub.core.db import db


def known_versions(migrations: Path) -> list[str]:
    """The steps of this code by number."""
    return sorted(path.name.partition("_")[0] for path in (migrations / "versions").glob("[0-9]*_*.py"))


def found_version() -> str | None:
    """The step that the database has reached; None when it is empty."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    return db.session.scalar(text("SELECT version_num FROM alembic_version"))
