"""The blueprint of this room."""

from flask import Blueprint

bp = Blueprint("federating", __name__)
PROVIDER_ID = "<int(max=2147483647):provider_id>"
