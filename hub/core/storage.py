"""Files on disk: named by the checksum of their content, in two-letter folders outside anything served.

Order of a write: temporary file, fsync, rename, fsync of the folder; only then may a row point to it. A file that
is refused or broken off leaves nothing behind.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import current_app

from hub.core.filetypes import FileRefused, examine

MAX_FILE_BYTES = 25 * 1024 * 1024
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the database keeps of a stored file; ``size`` in bytes, ``checksum`` SHA-256 in hexadecimal."""

    checksum: str
    size: int
    media_type: str
    extension: str


def keep(stream: IO[bytes], name: str) -> StoredFile:
    """Store an upload after checking size and content; raises FileRefused with a code and leaves nothing behind."""
    descriptor, temporary = tempfile.mkstemp(dir=incoming_folder(), prefix="upload-")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            _copy(stream, file)
            file_type = examine(file, name)
            file.flush()
            os.fsync(file.fileno())
            checksum, size = _checksum(file)
        _move(Path(temporary), path_of(checksum))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return StoredFile(checksum, size, file_type.media_type, file_type.extension)


def keep_bytes(content: bytes) -> str:
    """Store what the hub has made by itself; returns its checksum."""
    checksum = hashlib.sha256(content).hexdigest()
    descriptor, temporary = tempfile.mkstemp(dir=incoming_folder(), prefix="made-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _move(Path(temporary), path_of(checksum))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return checksum


def path_of(checksum: str) -> Path:
    """Where the content with this checksum lies."""
    if len(checksum) != 64 or not set(checksum) <= set("0123456789abcdef"):
        raise ValueError("not a checksum")
    return _folder() / checksum[:2] / checksum


def old_files(seconds: float) -> Iterator[Path]:
    """Everything stored or broken off that is older than this, for the sweep."""
    before = time.time() - seconds
    for path in _folder().glob("*/*"):
        if path.stat().st_mtime < before:
            yield path


def incoming_folder() -> Path:
    """Where files lie until they are whole; what stays behind there is swept."""
    folder = _folder() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _folder() -> Path:
    folder: Path = current_app.config["FILES_FOLDER"]
    return folder


def _copy(stream: IO[bytes], file: IO[bytes]) -> None:
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise FileRefused("too_big")
        file.write(chunk)
    if size == 0:
        raise FileRefused("empty")
    file.flush()


def _checksum(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return digest, file.seek(0, os.SEEK_END)


def _move(temporary: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True, mode=0o700)
    temporary.replace(target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
