"""The knowledge hub: a member-only library of a network of cities."""

import os
from typing import Any

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, load_settings


def create_app(changes: dict[str, Any] | None = None) -> Flask:
    """Assemble the application; ``changes`` override settings, for tests."""
    from hub import wiring
    from hub.core.db import init_db
    from hub.core.turns import in_turn
    from hub.web.assets import init_assets
    from hub.web.drawing import init_drawing
    from hub.web.errors import init_errors
    from hub.web.facets import init_facets
    from hub.web.filters import init_filters
    from hub.web.guard import init_guard
    from hub.web.headers import init_headers
    from hub.web.logs import init_logs
    from hub.web.navigation import init_navigation
    from hub.web.numbers import BoundedNumber
    from hub.web.preferences import init_preferences
    from hub.web.words import init_words

    app = Flask("hub", root_path=str(ROOT / "hub"), template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(load_settings(os.environ))
    app.config.update(changes or {})
    app.url_map.converters["int"] = BoundedNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    init_logs(app)
    init_db(app)
    init_errors(app)
    init_guard(app)
    init_headers(app)
    init_preferences(app)
    init_words(app)
    init_facets(app)
    init_filters(app)
    init_assets(app)
    init_drawing(app)
    init_navigation(app)
    wiring.wire(app)
    Compress(app)
    app.wsgi_app = in_turn(app.wsgi_app)  # type: ignore[method-assign, assignment]
    if app.config["SECURE"]:  # a proxy with TLS stands in front; it alone reaches us
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return app


def work() -> None:
    """Do jobs in this process, which was forked from the server's, until there are none or it is told to end."""
    from hub.jobs.worker import Worker
    from wsgi import app

    after_fork(None)
    os.nice(5)  # people who wait for a page come first
    Worker(app).run_until_idle()


def watch() -> Any:
    """What says whether there are jobs to do; made before the fork."""
    from hub.core.db import db
    from hub.jobs import registry
    from hub.jobs.watching import Watch
    from wsgi import app

    with app.app_context():
        return Watch(db.engine, registry.names())


def warm_up() -> None:
    """Do once what every worker would do for itself, before the workers are forked."""
    from hub import warming
    from wsgi import app

    warming.warm_up(app)


def before_exit(_worker: object) -> None:
    """A worker of the server ends: what it has counted is written down."""
    from hub.entries.service import openings
    from wsgi import app

    with app.app_context():
        openings.write_openings()


def after_fork(_worker: object) -> None:
    """A worker opens its own database connections; those of the parent stay the parent's."""
    from hub.core.db import db
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)
