"""What the process that reads a file gives up before it meets the file; each step only takes away.

Limits of the system first. Then, on Linux, a network of its own with nothing in it, and a filter on system calls: no
sockets, no new processes, nothing written or removed. ``seal`` also forbids opening files, once all code is loaded:
a parser that a file has taken over then cannot read the database either.
"""

import ctypes
import platform
import resource
import struct
import sys
from typing import NamedTuple

MEMORY, SECONDS, DESCRIPTORS = 1024**3, 20, 32
NEW_USER_AND_NETWORK = 0x50000000
DIE_WITH_PARENT, NO_DUMP, NO_NEW_RIGHTS, SET_FILTER = (1, 9), (4, 0), (38, 1), (22, 2)
# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND
WRITING = 0o3103


class Machine(NamedTuple):
    """Its sign, the place of the flags in calls that open files, calls that start a program, calls that are refused."""

    sign: int
    opening: dict[int, int]
    starting: tuple[int, ...]
    refused: tuple[int, ...]


# fmt: off
MACHINES = {
    "x86_64": Machine(
        0xC000003E,
        {2: 1, 257: 2},
        (59,),
        (41, 42, 43, 44, 46, 49, 50, 53, 56, 57, 58, 59, 62, 76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94,
         101, 129, 133, 155, 165, 200, 234, 258, 259, 260, 263, 264, 265, 266, 268, 272, 304, 308, 310, 311, 316, 321,
         322, 425, 434, 435, 437, 438),
    ),
    "aarch64": Machine(
        0xC00000B7,
        {56: 2},
        (221,),
        (33, 34, 35, 36, 37, 38, 40, 41, 45, 46, 51, 52, 53, 54, 55, 97, 117, 129, 130, 131, 198, 199, 200, 201, 202,
         203, 206, 211, 220, 221, 265, 268, 270, 271, 276, 280, 281, 425, 434, 435, 437, 438),
    ),
}
# fmt: on
_LOAD, _IS, _FROM, _HOLDS, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x0005000D, 0x80000000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def confine() -> None:
    """Give up what reading a file never needs; call it before any parser is imported."""
    _give_up(SECONDS, may_start=())


def confine_program(seconds: int) -> None:
    """The same for a process that will become a program: the one thing it may still do is to take its place."""
    machine = MACHINES.get(platform.machine())
    _give_up(seconds, may_start=machine.starting if machine else ())


def _give_up(seconds: int, may_start: tuple[int, ...]) -> None:
    for what, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (amount, amount))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        for option in (DIE_WITH_PARENT, NO_DUMP, NO_NEW_RIGHTS):
            system.prctl(*option, 0, 0, 0)
        # Where people may not make namespaces this fails, and the filter alone keeps the network away.
        system.unshare(NEW_USER_AND_NETWORK)
        _filter_calls(may_open=True, may_start=may_start)


def seal() -> None:
    """From here on no file can be opened; call it when everything is imported."""
    _filter_calls(may_open=False)


def _filter_calls(may_open: bool, may_start: tuple[int, ...] = ()) -> None:
    """Filters add up, the strictest answer counts. A machine that is not in the list keeps to the limits alone."""
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return
    steps = [_step(_LOAD, 4), _step(_IS, machine.sign, 1, 0), _step(_ANSWER, _KILL), _step(_LOAD, 0)]
    steps += [_step(_FROM, 0x40000000, 0, 1), _step(_ANSWER, _REFUSE)]
    for call in (*machine.refused, *(() if may_open else machine.opening)):
        if call in may_start:
            continue
        steps += [_step(_IS, call, 0, 1), _step(_ANSWER, _REFUSE)]
    for call, place in machine.opening.items() if may_open else ():
        steps += [_step(_IS, call, 0, 4), _step(_LOAD, 16 + 8 * place), _step(_HOLDS, WRITING, 0, 1)]
        steps += [_step(_ANSWER, _REFUSE), _step(_ANSWER, _ALLOW)]
    steps.append(_step(_ANSWER, _ALLOW))
    program = _Program(len(steps), b"".join(steps))
    ctypes.CDLL(None).prctl(*SET_FILTER, ctypes.byref(program), 0, 0)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
