"""What the server does once before it forks its workers, so that they share the memory of it and start at once."""

import logging

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from hub.core.db import db
from hub.indexing import compounds
from hub.jobs import queue
from hub.search.thesaurus import keep_current
from hub.web.drawing import load_templates

log = logging.getLogger("hub")


def warm_up(app: Flask) -> None:
    """Read what every worker needs and no change touches, and ask for a plan of duties; nothing here stops a start."""
    compounds.warm_up()
    load_templates(app)
    with app.app_context():
        try:
            queue.ask_for_plan()
            keep_current()
        except SQLAlchemyError as reason:
            log.warning("duties or thesaurus could not be read: %s", reason)
        finally:
            db.session.remove()
            db.engine.dispose()
