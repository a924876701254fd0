"""Starts a program of the system with less than it would have: limits, no network, no writing, no further process.

Arguments: folder of the hub, seconds of processor time, the program and its arguments. Started as a script like
``child``; the program takes the place of this process and keeps what was taken away.
"""

import os
import sys
from types import ModuleType


def main(hub_folder: str, seconds: int, program: list[str]) -> None:
    """Confine this process and become the program."""
    hub = ModuleType("hub")
    hub.__path__ = [hub_folder]
    sys.modules["hub"] = hub
    from hub.fetching.extract import confinement

    os.nice(10)
    confinement.confine_program(seconds)
    os.execve(program[0], program, {"LC_ALL": "C", "OMP_THREAD_LIMIT": "1"})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
