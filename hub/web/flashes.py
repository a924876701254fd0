"""Messages on the next page that offer a way back."""

from flask import flash


def flash_with_undo(text: str, address: str) -> None:
    """Say what was done; a button beside it posts to ``address``, which undoes it."""
    flash({"text": text, "undo": address}, "success")  # type: ignore[arg-type]
