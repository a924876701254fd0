"""Files as people and attackers send them, made in memory."""

import io
import warnings
import zipfile

from PIL import Image

OFFICE_MARKERS = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
SECRET_IN_EXIF = "Wohnort der fotografierenden Person"


def office(kind: str, *extra: tuple[str, bytes], content_types: bytes = b"<Types/>") -> bytes:
    """A Word, PowerPoint or Excel file with further members."""
    members = [("[Content_Types].xml", content_types), (OFFICE_MARKERS[kind], b"<document/>"), *extra]
    return archive(*members)


def odt(media_type: str = "application/vnd.oasis.opendocument.text") -> bytes:
    """An OpenDocument text."""
    return archive(("mimetype", media_type.encode()), ("content.xml", b"<office/>"))


def archive(*members: tuple[str, bytes]) -> bytes:
    """A zip file with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def archive_with_double() -> bytes:
    """A Word file that holds its document twice: which one counts depends on who reads it."""
    buffer = io.BytesIO(office("docx"))
    with zipfile.ZipFile(buffer, "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.writestr("word/document.xml", b"<other/>")
    return buffer.getvalue()


def bomb() -> bytes:
    """A Word file that unpacks to far more than may be unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", b"\0" * (201 * 1024 * 1024))
    return buffer.getvalue()


def picture(form: str, size: tuple[int, int] = (40, 30), with_exif: bool = False) -> bytes:
    """An image; with_exif puts a name and a place into it."""
    image = Image.new("RGB", size, (90, 35, 137))
    buffer = io.BytesIO()
    if with_exif:
        exif = image.getexif()
        exif[0x013B] = SECRET_IN_EXIF
        image.save(buffer, form, exif=exif)
    else:
        image.save(buffer, form)
    return buffer.getvalue()


def cut(content: bytes) -> bytes:
    """The first half: an upload that broke off."""
    return content[: len(content) // 2]
