"""Which files the hub takes: the name says what it claims to be, the content must agree.

Images are written anew without their metadata, which also removes anything hidden in them. Office files are looked
at as archives only: nothing in them is run, opened or unpacked.
"""

import codecs
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 5000
MAX_PIXELS = 40_000_000
TAIL_BYTES = 2048
TEXT_START = 1024
CHUNK = 1024 * 1024


class FileRefused(Exception):
    """Why a file cannot be taken: too_big, empty, type, content, damaged, macros, archive, pixels."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file the hub takes."""

    extension: str
    media_type: str
    family: str
    marker: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPENDOCUMENT = "application/vnd.oasis.opendocument"
TYPES = {
    "pdf": FileType("pdf", "application/pdf", "pdf"),
    "docx": FileType("docx", f"{_OFFICE}.wordprocessingml.document", "office", "word/document.xml"),
    "pptx": FileType("pptx", f"{_OFFICE}.presentationml.presentation", "office", "ppt/presentation.xml"),
    "xlsx": FileType("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "office", "xl/workbook.xml"),
    "odt": FileType("odt", f"{_OPENDOCUMENT}.text", "odf", "content.xml"),
    "odp": FileType("odp", f"{_OPENDOCUMENT}.presentation", "odf", "content.xml"),
    "ods": FileType("ods", f"{_OPENDOCUMENT}.spreadsheet", "odf", "content.xml"),
    "txt": FileType("txt", "text/plain", "text"),
    "jpg": FileType("jpg", "image/jpeg", "image", "JPEG"),
    "jpeg": FileType("jpg", "image/jpeg", "image", "JPEG"),
    "png": FileType("png", "image/png", "image", "PNG"),
    "webp": FileType("webp", "image/webp", "image", "WEBP"),
}
ACCEPT = ",".join(f".{extension}" for extension in TYPES)
_MACROS = ("vbaproject", "vbadata", "macrosheets", "activex")
_OTHER_STARTS = (b"%PDF-", b"{\\rtf")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|\?|html|head|body|script|svg|style|iframe|img)", re.I)
# Control signs other than tab, ends of lines and of pages, and the escape sign of old terminals.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_ARCHIVES = (".zip", ".jar", ".7z", ".rar", ".gz", ".tar", ".xz", ".bz2")


def examine(file: IO[bytes], name: str) -> FileType:
    """The type of the file at position 0; images are replaced in place. Raises FileRefused."""
    file_type = TYPES.get(PurePath(name).suffix.lower().lstrip("."))
    if file_type is None:
        raise FileRefused("type")
    file.seek(0)
    if file_type.family == "pdf":
        _examine_pdf(file)
    elif file_type.family == "image":
        _rewrite_image(file, file_type)
    elif file_type.family == "text":
        _examine_text(file)
    else:
        _examine_archive(file, file_type)
    return file_type


def _examine_pdf(file: IO[bytes]) -> None:
    if not file.read(1024).lstrip().startswith(b"%PDF-"):
        raise FileRefused("content")
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    if b"%%EOF" not in file.read():
        raise FileRefused("damaged")


def _examine_text(file: IO[bytes]) -> None:
    """Plain text has no mark of its own; so it may be nothing else: no page, no program, no binary content.

    UTF-16 needs its mark at the beginning; anything else is UTF-8 or the Windows code page, without control signs.
    """
    start = file.read(TEXT_START)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif start.startswith(_OTHER_STARTS) or _MARKUP.match(start):
        raise FileRefused("content")
    else:
        encoding = "latin-1"
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(CHUNK):
            if _NO_TEXT.search(decoder.decode(block)):
                raise FileRefused("content")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRefused("damaged") from error


def _rewrite_image(file: IO[bytes], file_type: FileType) -> None:
    from PIL import Image, ImageOps  # only an upload of an image needs it

    try:
        with Image.open(file, formats=[file_type.marker]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FileRefused("pixels")
            image.load()
            plain = ImageOps.exif_transpose(image)
            if file_type.marker == "JPEG" and plain.mode not in ("RGB", "L"):
                plain = plain.convert("RGB")
            clean = Image.new(plain.mode, plain.size)
            clean.paste(plain)
            if plain.mode == "P" and (palette := plain.getpalette()):
                clean.putpalette(palette)
    except FileRefused:
        raise
    except Exception as error:  # Pillow raises a dozen kinds for broken files
        raise FileRefused("damaged" if _starts_like(file, file_type) else "content") from error
    file.seek(0)
    file.truncate()
    clean.save(file, format=file_type.marker, quality=88)
    file.flush()


def _starts_like(file: IO[bytes], file_type: FileType) -> bool:
    file.seek(0)
    start = file.read(16)
    return {
        "JPEG": start.startswith(b"\xff\xd8"),
        "PNG": start.startswith(b"\x89PNG"),
        "WEBP": start[:4] == b"RIFF" and start[8:12] == b"WEBP",
    }[file_type.marker]


def _examine_archive(file: IO[bytes], file_type: FileType) -> None:
    if file.read(4) != b"PK\x03\x04":
        raise FileRefused("content")
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            _refuse_odd_members(members, names)
            if file_type.family == "odf":
                _require(_member(archive, "mimetype").decode("ascii", "replace").strip() == file_type.media_type)
            else:
                _require("[Content_Types].xml" in names)
                if b"macroEnabled" in _member(archive, "[Content_Types].xml"):
                    raise FileRefused("macros")
            _require(file_type.marker in names)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error) as error:
        raise FileRefused("damaged") from error


def _refuse_odd_members(members: list[zipfile.ZipInfo], names: list[str]) -> None:
    if len(members) > MAX_MEMBERS or len(set(names)) != len(names):
        raise FileRefused("archive")
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise FileRefused("archive")
    for name in names:
        lower = name.lower()
        if any(word in lower for word in _MACROS) or lower.startswith(("basic/", "scripts/")):
            raise FileRefused("macros")
        if lower.endswith(_ARCHIVES) or lower.startswith(("/", "..")) or "/../" in lower:
            raise FileRefused("archive")


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as member:
            return member.read(1_000_000)
    except KeyError as error:
        raise FileRefused("content") from error


def _require(holds: bool) -> None:
    if not holds:
        raise FileRefused("content")
