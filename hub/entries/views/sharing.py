"""What a phone shares with the installed app: files are kept for the form, words go into it; nothing is saved."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.core.errors import Refused
from hub.core.permissions import Permission
from hub.core.text import clean_text
from hub.entries.service import files
from hub.entries.views.blueprint import bp
from hub.entries.views.uploads import MOST_FILES, too_many
from hub.web.guard import requires, shared_to, takes_files
from hub.web.parked import parked_form

WORDS = ("title", "text", "url")
LONGEST_WORDS = 1200


@bp.route("/entries/shared", methods=["GET", "POST"])
@requires(Permission.ENTRY_SUBMIT)
@takes_files
@shared_to
def take_shared() -> ResponseReturnValue:
    """Keep the files and lead to the form. After signing in the words alone come here again, by GET."""
    shared: Any = parked_form() or request.form or request.args
    words: dict[str, Any] = {name: clean_text(shared.get(name))[:LONGEST_WORDS] or None for name in WORDS}
    return redirect(url_for("entries.submit", held=_hold(), **words), 303)


def _hold() -> list[int]:
    """Numbers of the files that are kept now; why others are not is said on the form."""
    held: list[int] = []
    for upload in request.files.getlist("files"):
        if not upload.filename:
            continue
        if len(held) >= MOST_FILES:
            flash(too_many(), "warning")
            break
        try:
            held.append(files.hold_upload(current_user, upload.stream, upload.filename).id)
        except Refused as error:
            flash(error.message, "warning")
        finally:
            upload.close()
    return held
