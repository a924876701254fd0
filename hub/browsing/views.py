"""Pages of this room."""

from flask import Blueprint

bp = Blueprint("browsing", __name__)
