"""Passing on what the office decides at the desk, to the rooms whose findings they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from hub.core.actor import Actor, require
from hub.core.findings import Settled
from hub.core.unit_of_work import unit_of_work
from hub.desk import policy, sources


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen row: the finding, the version that the page showed, and what shall be done with it."""

    source: str
    thing_id: int
    version: int
    deed: str


def settle(actor: Actor, choices: Sequence[Choice], text: str = "") -> dict[tuple[str, str], Settled]:
    """Do what was chosen, all in one unit of work; what became of it by source and deed."""
    require(policy.may_work(actor))
    groups: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for choice in choices:
        groups[choice.source, choice.deed].append((choice.thing_id, choice.version))
    with unit_of_work():
        return {
            (name, deed): sources.get(name).settle(actor, deed, chosen, text) for (name, deed), chosen in groups.items()
        }
