"""What a website asks of programs (robots.txt, RFC 9309), kept as text and read with protego when it is needed."""

from functools import lru_cache
from typing import Any

NAME = "DEFUS-Wissensspeicher"
MOST_BYTES = 128 * 1024
SLOWEST = 60.0
ALLOW_ALL, ALLOW_NONE = "", "User-agent: *\nDisallow: /"


def may_ask(rules: str, url: str) -> bool:
    """Whether these rules let us ask for an address."""
    return not rules or bool(_parsed(rules).can_fetch(url, NAME))


def delay(rules: str, least: float) -> float:
    """The seconds between two requests: ours, or more when the website wants more (a minute at most)."""
    wanted = _parsed(rules).crawl_delay(NAME) if rules else None
    return min(SLOWEST, max(least, float(wanted or 0)))


@lru_cache(maxsize=64)
def _parsed(rules: str) -> Any:
    from protego import Protego  # workers only

    return Protego.parse(rules)
