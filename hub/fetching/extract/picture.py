"""What may come back from drawing a page: one small WebP picture, looked at from the outside only."""

import struct
from dataclasses import dataclass

from hub.fetching.extract.result import Unreadable

WIDEST, HIGHEST = 640, 960
MAX_PICTURE_BYTES = 1_000_000
SIGN = b"RIFF"
_HEAD = 30


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with its size in points, or the reason (a code of ``result.REASONS``) why there is none."""

    content: bytes = b""
    width: int = 0
    height: int = 0
    reason: str = ""


def check(content: bytes) -> Drawn:
    """The picture as it came through the pipe; raises Unreadable unless it is a plain WebP of a fitting size."""
    if not _HEAD < len(content) <= MAX_PICTURE_BYTES or content[:4] != SIGN or content[8:12] != b"WEBP":
        raise Unreadable("output")
    # Lossy without alpha or animation is all that is ever written; a key frame starts with these signs.
    if struct.unpack_from("<I", content, 4)[0] != len(content) - 8 or content[12:16] != b"VP8 ":
        raise Unreadable("output")
    if content[20] & 1 or content[23:26] != b"\x9d\x01\x2a":
        raise Unreadable("output")
    width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    if not (0 < width <= WIDEST and 0 < height <= HIGHEST):
        raise Unreadable("output")
    return Drawn(content, width, height)
