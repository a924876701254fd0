"""Whether this installation may be let near people: about forty checks, each with a sentence on how to mend it.

The hard ones stop the start of the server; all of them are `flask hub check`.
"""

from hub.checking.model import Check, Finding, Level, find, refuse_start

__all__ = ["Check", "Finding", "Level", "find", "refuse_start"]
