"""Pages of this room."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
