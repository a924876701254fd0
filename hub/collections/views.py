"""Pages of this room."""

from flask import Blueprint

bp = Blueprint("collections", __name__)
