"""Members of an office file: the archive is looked at with distrust before anything in it is unpacked."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Protocol

from defusedxml.ElementTree import XMLParser

from hub.core.filetypes import MAX_MEMBERS, MAX_UNPACKED_BYTES
from hub.fetching.extract.result import Unreadable

BLOCK = 64 * 1024
DEEPEST = 1000
FIXED_HEADER = 30
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)


class Reader(Protocol):
    """Takes the pieces of an XML document; names come without their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text, in pieces of any length."""


class Archive:
    """An office file; unpacks block by block and never more in all than an upload may hold."""

    def __init__(self, content: bytes) -> None:
        try:
            self._file = zipfile.ZipFile(BytesIO(content))
        except BROKEN as error:
            raise Unreadable("damaged") from error
        members = self._file.infolist()
        self.names = {member.filename for member in members}
        if len(members) > MAX_MEMBERS or len(self.names) != len(members):
            raise Unreadable("bomb")
        if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES or _overlap(members):
            raise Unreadable("bomb")
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable("encrypted")
        self._left = MAX_UNPACKED_BYTES

    def blocks(self, name: str) -> Iterator[bytes]:
        """The content of a member; raises Unreadable when it is broken or more than there should be."""
        try:
            with self._file.open(name) as member:
                while block := member.read(BLOCK):
                    self._left -= len(block)
                    if self._left < 0:
                        raise Unreadable("bomb")
                    yield block
        except (KeyError, *BROKEN) as error:
            raise Unreadable("damaged") from error

    def parse(self, name: str, reader: Reader) -> None:
        """Read a member as XML without document types, entities or anything from outside; no tree is built."""
        parser = XMLParser(target=_Target(reader), forbid_dtd=True)
        try:
            for block in self.blocks(name):
                parser.feed(block)
            parser.close()
        except (SyntaxError, ValueError, LookupError) as error:
            raise Unreadable("damaged") from error

    def parse_if_there(self, name: str, reader: Reader) -> None:
        """Read a member that need not exist."""
        if name in self.names:
            self.parse(name, reader)

    def holds(self, name: str, words: bytes) -> bool:
        """Whether a small member contains these bytes."""
        return name in self.names and words in next(self.blocks(name), b"")


class _Target:
    """Takes the namespace off the names, and refuses what is nested deeper than any program writes."""

    def __init__(self, reader: Reader) -> None:
        self._start, self._end = reader.start, reader.end
        self.data: Callable[[str], None] = reader.data
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable("bomb")
        self._start(tag.rpartition("}")[2], {name.rpartition("}")[2]: value for name, value in attributes.items()})

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._end(tag.rpartition("}")[2])

    def close(self) -> Any:
        return None


def _overlap(members: list[zipfile.ZipInfo]) -> bool:
    """Members that share packed bytes: how a small file unpacks to a huge one."""
    reached = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < reached:
            return True
        reached = member.header_offset + FIXED_HEADER + len(member.filename.encode()) + member.compress_size
    return False
