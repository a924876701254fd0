"""`python -m bench.waiting submission`: make all entries of the data folder that is set wait at the desk."""

import sys
from datetime import timedelta

from sqlalchemy import update

from hub import create_app
from hub.core import clock
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Status


def let_wait(source: str) -> None:
    """``submission``: handed in yesterday; ``review``: published, to be looked at since yesterday. Past the index."""
    with create_app().app_context():
        yesterday = clock.now() - timedelta(days=1)
        values = {
            "submission": {"status": Status.SUBMITTED, "submitted_at": yesterday, "published_at": None},
            "review": {"status": Status.PUBLISHED, "published_at": yesterday, "review_on": yesterday.date()},
        }
        with unit_of_work() as session:
            session.execute(update(Entry).values(values[source]).execution_options(synchronize_session=False))


if __name__ == "__main__":
    let_wait(sys.argv[1])
