"""The blueprint of this room."""

from flask import Blueprint

bp = Blueprint("federating", __name__)
PROVIDER_ID = "<int:provider_id>"
