"""What the server does once before it forks its workers, so that they share the memory of it and start at once."""

import logging

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from hub.core.db import db
from hub.indexing.service import store
from hub.jobs import queue
from hub.search.queries import INDEX_FAILURES
from hub.search.thesaurus import keep_current
from hub.web.drawing import load_templates

log = logging.getLogger("hub")


def warm_up(app: Flask) -> None:
    """Read what every worker needs and few changes touch; nothing is left open, and nothing here stops a start."""
    load_templates(app)
    with app.app_context():
        try:
            queue.plan_duties()
            keep_current()
            store().warm_up()
        except (SQLAlchemyError, *INDEX_FAILURES) as reason:
            log.warning("the workers start cold: %s", reason)
        finally:
            db.session.remove()
            db.engine.dispose()
