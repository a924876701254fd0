"""Which keys this database belongs to."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import db


class KeyMark(db.Model):
    """A mark of a key that data depend on: another key would make passwords and sealed secrets useless."""

    __tablename__ = "key_mark"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))
