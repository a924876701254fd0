"""What waits for the office."""

from hub.core.actor import Actor
from hub.entries import queries
from hub.entries.models import Status


def count_waiting(actor: Actor) -> int:
    """How many submitted entries wait for a decision."""
    return queries.count_by_status(actor, Status.SUBMITTED)
