"""What may come back from drawing a scanned page: its size and its grey points, nothing that would need a parser."""

import struct
from dataclasses import dataclass

from hub.fetching.extract.result import Unreadable

MOST_POINTS = 12_000_000
SIGN = b"SCAN"
_HEAD = struct.Struct("<4sIII")
MAX_SCAN_BYTES = _HEAD.size + MOST_POINTS


@dataclass(frozen=True, slots=True)
class Scan:
    """One page in grey, a byte a point, and how many pages the document has."""

    page_count: int
    width: int
    height: int
    points: bytes

    @property
    def picture(self) -> bytes:
        """As a portable grey map (PGM)."""
        return b"P5 %d %d 255\n" % (self.width, self.height) + self.points


def pack(scan: Scan) -> bytes:
    """The page as it goes through the pipe."""
    return _HEAD.pack(SIGN, scan.page_count, scan.width, scan.height) + scan.points


def unpack(content: bytes) -> Scan:
    """The page as it came through the pipe; raises Unreadable when its sizes do not fit."""
    if len(content) < _HEAD.size:
        raise Unreadable("output")
    sign, count, width, height = _HEAD.unpack_from(content)
    points = content[_HEAD.size :]
    if sign != SIGN or not 0 < count < 10**9 or not points or len(points) != width * height:
        raise Unreadable("output")
    return Scan(count, width, height, points)
