"""Pages of this room."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)


@bp.get("/link/<token>")
def link(token: str) -> str:
    return token
