"""The production entry point: ``gunicorn wsgi:app``."""

import sys

from config import SettingError
from hub import create_app

try:
    app = create_app()
except SettingError as error:
    sys.exit(f"\n{error}")
