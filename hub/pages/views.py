"""Pages of this room."""

from flask import Blueprint

from hub.pages import models  # noqa: F401

bp = Blueprint("pages", __name__)
