"""Writing what the office has said about two entries."""

from sqlalchemy.orm import Session

from hub.entries.models import Relation


def write_relation(session: Session, entry_id: int, other_id: int, state: str) -> None:
    """What two entries are to each other from now on; empty: nothing has been said."""
    one_id, other_id = sorted((entry_id, other_id))
    found = session.get(Relation, (one_id, other_id), populate_existing=True)
    if found is not None and state:
        found.state = state
    elif found is not None:
        session.delete(found)
    elif state:
        session.add(Relation(one_id=one_id, other_id=other_id, state=state))
    session.flush()
