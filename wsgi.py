"""The production entry point: ``gunicorn wsgi:app``."""

import os
import sys

from config import SettingError
from hub import create_app
from hub.checking import refuse_start

try:
    app = create_app()
    if not os.environ.get("FLASK_RUN_FROM_CLI"):  # commands mend what keeps the server from starting
        refuse_start(app)
except SettingError as error:
    sys.exit(f"\n{error}")
