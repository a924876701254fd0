"""The duty of the checker: a round every ten minutes, as long as it is switched on and the network is there."""

import logging
from typing import Any

from flask import current_app

from hub.core import clock
from hub.jobs import service as jobs
from hub.linkcare import store

log = logging.getLogger("hub.linkcare")
KIND, CRON = "tend_links", "*/10 * * * *"


def is_on() -> bool:
    """Whether links are tried: by setting, else everywhere but on a hub that only this machine reaches."""
    chosen = current_app.config["LINK_CHECK"]
    return not current_app.config["IS_LOOPBACK"] if chosen is None else bool(chosen)


def tend_links(_payload: dict[str, Any]) -> None:
    """Follow the entries, then try what is due; nothing at all while checking is off."""
    if not is_on():
        return
    store.follow_entries()
    state = store.get_round()
    if state is None or state.paused_until is None or state.paused_until <= clock.now():
        run_round()


def run_round() -> int:
    """Try what is due; how many links that were. Imports what a web server need not load."""
    from hub.linkcare.asking import make_asker
    from hub.linkcare.rounds import PAUSE, Round

    store.note_round(began_at=clock.now())
    one = Round(make_asker())
    tried = one.run()
    now = clock.now()
    if one.is_paused:
        former = store.get_round()
        since = (former.paused_at if former else None) or now
        store.note_round(ended_at=now, paused_at=since, paused_until=now + PAUSE)
    else:
        store.note_round(ended_at=now, paused_at=None, paused_until=None)
    log.info("%s links tried", tried)
    return tried


def ask_now() -> None:
    """Let the next round begin at once."""
    jobs.enqueue(KIND)
