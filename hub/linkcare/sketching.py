"""How alike two texts are, from a short sketch of each: the smallest hashes of their runs of three words.

The share of common hashes among the smallest of both estimates how much of their runs two texts share (Broder's
bottom-k sketch). A page that was edited keeps most runs; another page, even of the same site and topic, shares few.
"""

import re
from hashlib import blake2b

RUN, SIZE, DIGITS = 3, 64, 8
LEAST_WORDS = 40
MOST_WORDS = 5000
UNLIKE = 0.08
_WORD = re.compile(r"\w+")


def sketch(text: str) -> str:
    """The sketch as hexadecimal digits; empty for a text too short to say anything."""
    words = _WORD.findall(text.casefold())[:MOST_WORDS]
    if len(words) < LEAST_WORDS:
        return ""
    runs = {" ".join(words[place : place + RUN]) for place in range(len(words) - RUN + 1)}
    hashes = sorted(blake2b(run.encode(), digest_size=DIGITS // 2).hexdigest() for run in runs)
    return "".join(hashes[:SIZE])


def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same)."""
    left, right = _hashes(one), _hashes(other)
    smallest = set(sorted(left | right)[:SIZE])
    return len(smallest & left & right) / len(smallest) if smallest else 1.0


def is_another(one: str, other: str) -> bool:
    """Whether two texts have nothing recognisable in common; texts too short to judge have."""
    return bool(one and other) and likeness(one, other) < UNLIKE


def _hashes(text: str) -> set[str]:
    return {text[place : place + DIGITS] for place in range(0, len(text), DIGITS)}
