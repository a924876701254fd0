"""Pages of this room: contributing, reading, files, and what belongs to one person."""

from hub.entries.views import (
    anywhere,
    bin,
    contributing,
    files,
    history,
    personal,
    pictures,
    practice,
    previews,
    reading,
    saving,
    sharing,
    texts,
    uploads,
    viewer,
    vocabulary,
)
from hub.entries.views.blueprint import bp

__all__ = [
    "anywhere",
    "bin",
    "bp",
    "contributing",
    "files",
    "history",
    "personal",
    "pictures",
    "practice",
    "previews",
    "reading",
    "saving",
    "sharing",
    "texts",
    "uploads",
    "viewer",
    "vocabulary",
]
