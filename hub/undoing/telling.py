"""Saying on the next page what was done."""

from collections.abc import Iterable

from flask import flash, url_for

from hub.undoing.working import Note
from hub.web.flashes import flash_with_undo


def flash_notes(notes: Iterable[Note], back: str) -> None:
    """Each note, with a button where it can be undone; that leads ``back``."""
    for note in notes:
        if note.undo_id is None:
            flash(note.text, note.category)
        else:
            flash_with_undo(note.text, url_for("undoing.undo", action_id=note.undo_id, next=back))
