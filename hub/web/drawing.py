"""Templates are compiled once and kept in the data folder; every server and worker only loads them.

Loading them before the workers are forked saves each worker the work of its first pages and the memory it takes.
"""

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache


def init_drawing(app: Flask) -> None:
    """Keep compiled templates beside the index: a folder that only the hub itself can read and write."""
    folder: Path = app.config["INSTANCE"] / "templates"
    folder.mkdir(mode=0o700, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))


def load_templates(app: Flask) -> None:
    """Load every template now, compiling those that are new or have changed."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
