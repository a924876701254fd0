"""Carrying a request of the checker out, by the one door to the outside. Knows no database; runs in several threads."""

import logging
from collections.abc import Callable

from flask import current_app

from hub.fetching import service as fetching
from hub.linkcare.robots import NAME
from hub.linkcare.talking import Ask, Reply

log = logging.getLogger("hub.linkcare")


def agent() -> str:
    """Who asks, honestly: our name, what for, the address of this hub and whom to write to."""
    contact = current_app.config["LINK_CONTACT"]
    told = f"{contact}; " if contact else ""
    return f"{NAME}/1.0 (+{current_app.config['BASE_URL']}; {told}checks linked pages about once a month)"


def make_asker() -> Callable[[Ask], Reply]:
    """A function that carries requests out, with the settings of this application."""
    from hub.fetching import safe_fetch

    door, name = fetching.door(), agent()

    def ask(wanted: Ask) -> Reply:
        headers = {"User-Agent": name, **wanted.headers}
        try:
            found = safe_fetch.probe(wanted.url, door, wanted.method, headers, wanted.most_bytes)
        except safe_fetch.FetchError as error:
            return Reply(error=error.reason)
        except Exception:
            log.exception("a link could not be tried")
            return Reply(error="broken")
        return Reply(found.status, dict(found.headers), found.target, found.content, found.is_cut)

    return ask
