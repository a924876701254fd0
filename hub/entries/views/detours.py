"""A form without script while its link and files are being read: it is kept, waits at an address of its own in turns
of two seconds, and is shown again filled. Each turn is a request of a few statements.
"""

import time

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from hub.core.errors import Conflict, Refused
from hub.entries import prefill, queries
from hub.entries.service import saving
from hub.entries.views.saving import NOT_TYPED
from hub.entries.views.uploads import MOST_FILES
from hub.web.parked import form_of_request

TURN_SECONDS, TURNS, PICTURE_SECONDS = 2.0, 4, 0.5


def wait_elsewhere(held: list[int]) -> ResponseReturnValue | None:
    """Keep the form of this request with its files and go where it waits; None when it cannot be kept."""
    fields = [pair for pair in form_of_request().fields if pair[0] not in NOT_TYPED | {"held"}]
    fields += [("held", str(number)) for number in held]
    try:
        number = saving.keep_form(current_user._get_current_object(), request.form.get("saved", ""), fields)
    except (Refused, Conflict):
        return None
    return redirect(url_for("entries.submit", saved=number, told=1), 303)


def wait_a_turn(fields: MultiDict[str, str]) -> ResponseReturnValue | None:
    """Wait for what is still being read and come back; None when there is nothing to wait for, or no turn left."""
    turn = request.args.get("told", 0, type=int)
    if not 1 <= turn <= TURNS or not _has_waited(fields):
        return None
    return redirect(url_for("entries.submit", saved=request.args["saved"], told=turn + 1), 303)


def _has_waited(fields: MultiDict[str, str]) -> bool:
    url, held = fields.get("url", "").strip(), fields.getlist("held", type=int)[:MOST_FILES]
    told = prefill.peek(url) if url else None
    if told is not None and told.is_waiting:
        prefill.wait(url, TURN_SECONDS)
    elif held and any(file.is_waiting for file in queries.find_held(current_user, held)):
        queries.wait_for_held(current_user, held, TURN_SECONDS)
    elif told is not None and told.has_picture and not told.is_pictured:
        time.sleep(PICTURE_SECONDS)
    else:
        return False
    return True
