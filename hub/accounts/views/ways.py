"""Ways in that an upper room offers (providers of organisations); ``hub.wiring`` registers them.

A way is a number and a name; the pages show a button for each.
"""

from collections.abc import Callable, Sequence

Ways = Sequence[tuple[int, str]]
_find: list[Callable[[], Ways]] = []
_find_own: list[Callable[[int], Ways]] = []


def on_ways(find: Callable[[], Ways], find_own: Callable[[int], Ways]) -> None:
    """Register what finds all ways, and those that a person has linked, in one statement each."""
    _find[:], _find_own[:] = [find], [find_own]


def other_ways() -> Ways:
    """All ways, for the sign-in page."""
    return _find[0]() if _find else ()


def own_ways(user_id: int) -> Ways:
    """The ways that this person has linked, for proving to be there."""
    return _find_own[0](user_id) if _find_own else ()
