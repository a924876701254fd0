"""How a row of the queue travels through a form: source, number, version, and what can be done with it.

``submission:12:3:approve.return!.reject!`` says that entry 12 was shown in version 3; ``!`` marks deeds that need
words, ``-`` one that is done on another page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.core.errors import Refused
from hub.core.findings import Finding
from hub.desk.service import Choice

PROPOSED, ASK, REFUSE = "proposed", "ask", "refuse"
HANDS = {ASK: ("return", "ask", "answer"), REFUSE: ("reject", "decline", "dismiss", "leave", "remove")}
LARGEST = 2**31 - 1
ELSEWHERE, WITH_WORDS = "-", "!"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the page knew it."""

    source: str
    thing_id: int
    version: int
    deeds: tuple[str, ...]

    def choice(self, hand: str) -> Choice | None:
        """What this hand does here: the proposed deed, asking back, refusing; None when the row does not offer it."""
        names = [deed.rstrip(WITH_WORDS) for deed in self.deeds]
        wanted = names[:1] if hand == PROPOSED else [name for name in HANDS.get(hand, ()) if name in names][:1]
        if not wanted or wanted == [ELSEWHERE]:
            return None
        return Choice(self.source, self.thing_id, self.version, wanted[0])

    def needs_words(self, choice: Choice) -> bool:
        """Whether this deed goes with words for the person concerned."""
        return choice.deed + WITH_WORDS in self.deeds


def value_of(finding: Finding) -> str:
    """The row as the form carries it."""
    deeds = ".".join(ELSEWHERE if d.address else d.key + WITH_WORDS * d.needs_text for d in finding.deeds)
    return f"{finding.source}:{finding.thing_id}:{finding.version}:{deeds}"


def row_of(value: str) -> Row:
    """The row that a form carried; raises Refused when it is none."""
    parts = value[:200].split(":")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts[1:3]):
        raise Refused
    thing_id, version = int(parts[1][:12]), int(parts[2][:12])
    if max(thing_id, version) > LARGEST:
        raise Refused
    return Row(parts[0], thing_id, version, tuple(parts[3].split(".")))


def rows_of(values: Sequence[str]) -> list[Row]:
    """Each row once, in the order of the page."""
    return list(dict.fromkeys(row_of(value) for value in values))
