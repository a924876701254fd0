"""The picture of a link in a form, before anything is saved: only for the person who has pasted the link."""

from typing import NamedTuple

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from hub.core.address import NoAddress, normalise
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.core.tokens import SIGNING
from hub.entries.prefill import Filled
from hub.entries.queries.previews import find_held_picture, hash_address
from hub.entries.views.blueprint import bp
from hub.entries.views.previews import send_picture
from hub.web.guard import requires

SHOWN_SECONDS = 24 * 3600


class LinkPicture(NamedTuple):
    """Where this person finds the picture, and whether it is there already."""

    url: str
    is_there: bool


@bp.get("/entries/link-picture/<token>")
@requires(Permission.ENTRY_SUBMIT)
def link_picture(token: str) -> ResponseReturnValue:
    """The picture of a pasted link; 202 and nothing while it is still being fetched."""
    preview = find_held_picture(_address_hash(token))
    return send_picture(preview) if preview is not None else ("", 202)


def picture_of(told: Filled | None) -> LinkPicture | None:
    """The picture that the page behind the link names, for the person who asks."""
    if told is None or not told.has_picture:
        return None
    token = _serializer().dumps([current_user.id, _hash(told.form.get("url", ""))])
    return LinkPicture(url_for("entries.link_picture", token=token), told.is_pictured)


def _hash(url: str) -> str:
    try:
        return hash_address(normalise(url))
    except NoAddress:
        return ""


def _address_hash(token: str) -> str:
    """For which link; raises Missing for a token of somebody else, an old one and none of ours."""
    try:
        user_id, address_hash = _serializer().loads(token, max_age=SHOWN_SECONDS)
    except (BadData, ValueError, TypeError) as error:
        raise Missing from error
    if user_id != current_user.id:
        raise Missing
    return str(address_hash)


def _serializer() -> URLSafeTimedSerializer:
    key = current_app.config["SECRET_KEY"]
    return URLSafeTimedSerializer(key, salt="picture of a link", signer_kwargs=SIGNING)
