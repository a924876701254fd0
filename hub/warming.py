"""What the server does once before it forks its workers, so that they share the memory of it and start at once."""

import logging

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from hub.core.db import db
from hub.indexing import compounds
from hub.jobs import queue
from hub.web.drawing import load_templates

log = logging.getLogger("hub")


def warm_up(app: Flask) -> None:
    """Read what every worker needs and no change touches, and give duties their rows; nothing here stops a start."""
    compounds.warm_up()
    load_templates(app)
    with app.app_context():
        try:
            queue.plan_duties()
        except SQLAlchemyError as reason:
            log.warning("the duties could not be planned: %s", reason)
        finally:
            db.session.remove()
            db.engine.dispose()
