"""Commands about the search."""

from flask.cli import AppGroup

search = AppGroup("search", help="Suchen und den Suchindex pflegen.")
