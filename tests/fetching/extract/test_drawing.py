"""Pages and pictures drawn in the confined process: what comes back is a small plain picture, or nothing."""

import io
import struct
import time
from pathlib import Path

import pytest
from PIL import Image

from hub.fetching.extract import running
from hub.fetching.extract.picture import HIGHEST, MAX_PICTURE_BYTES, WIDEST, check
from hub.fetching.extract.result import Unreadable
from tests.entries.builders import SECRET_IN_EXIF, picture
from tests.support import documents


def drawn(content: bytes, extension: str, tmp_path: Path, page: int = 1, **more):
    path = tmp_path / "datei"
    path.write_bytes(content)
    return running.draw(path, extension, page, **more)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def webp(size: tuple[int, int] = (48, 64), **more) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, "WEBP", **more)
    return buffer.getvalue()


def test_the_page_that_was_asked_for_is_drawn(tmp_path):
    streams = [b"1 0 0 rg 0 0 595 842 re f", b"0 1 0 rg 0 0 595 842 re f"]
    second = drawn(documents.pdf_of_streams(streams), "pdf", tmp_path, 2)
    assert (second.reason, second.width, second.height) == ("", 640, 906)
    with opened(second.content) as image:
        red, green, blue = image.getpixel((100, 100))
    assert green > 200 > red + blue


@pytest.mark.parametrize("page", [3, 10**6])
def test_a_page_that_is_not_there_is_not_drawn(tmp_path, page):
    assert drawn(documents.pdf(["a", "b"]), "pdf", tmp_path, page).reason == "damaged"


def test_letters_are_drawn_although_no_file_can_be_opened(tmp_path):
    page = drawn(documents.pdf(["Quittenbaum\n" * 40]), "pdf", tmp_path)
    with opened(page.content) as image:
        assert len(image.convert("L").getcolors() or range(256)) > 20


@pytest.mark.parametrize(("form", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_pictures_become_small_and_say_nothing_of_their_origin(tmp_path, form, extension):
    small = drawn(picture(form, (2000, 1000), with_exif=form != "GIF"), extension, tmp_path)
    assert (small.reason, small.width, small.height) == ("", 640, 320)
    assert SECRET_IN_EXIF.encode() not in small.content


def test_a_tall_picture_keeps_within_bounds_and_a_transparent_one_stands_on_white(tmp_path):
    buffer = io.BytesIO()
    Image.new("RGBA", (300, 3000), (0, 0, 0, 0)).save(buffer, "PNG")
    small = drawn(buffer.getvalue(), "png", tmp_path)
    assert (small.width, small.height) == (96, HIGHEST)
    with opened(small.content) as image:
        assert image.mode == "RGB"
        assert min(image.getpixel((30, 300))) > 240


@pytest.mark.parametrize(
    ("content", "extension", "reason"),
    [
        (b"", "pdf", "damaged"),
        (b"%PDF-1.7", "pdf", "damaged"),
        (b"GIF89a", "png", "damaged"),
        (picture("PNG")[:50], "png", "damaged"),
        (picture("JPEG"), "docx", "kind"),
        (picture("PNG", (8000, 5001)), "png", "bomb"),
    ],
)
def test_what_cannot_be_drawn_has_its_reason(tmp_path, content, extension, reason):
    assert drawn(content, extension, tmp_path).reason == reason


def test_a_protected_file_is_not_drawn(tmp_path):
    assert drawn(documents.encrypted_pdf(), "pdf", tmp_path).reason == "encrypted"


FALSE_LIBRARY = """
import os, time
class PdfiumError(Exception):
    err_code = None
class PdfDocument:
    def __init__(self, content):
        DEED
"""


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("os.write(1, b'RIFF' + bytes(100)); os._exit(0)", "output"),
        ("os.write(1, b'{}'); os._exit(0)", "output"),
        ("[os.write(1, bytes(1024 * 1024)) for _ in range(40)]", "output"),
        ("open('/etc/passwd')", "damaged"),
        ("os._exit(3)", "crashed"),
        ("time.sleep(60)", "slow"),
    ],
)
def test_t06_a_drawer_that_was_taken_over_gives_no_picture(tmp_path, deed, reason):
    library = tmp_path / "library" / "pypdfium2"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(FALSE_LIBRARY.replace("DEED", deed))
    (library / "raw.py").write_text("FPDF_ERR_PASSWORD = 4")
    began = time.monotonic()
    found = drawn(documents.pdf(["a"]), "pdf", tmp_path, libraries=[str(library.parent)], seconds=3)
    assert (found.reason, found.content) == (reason, b"")
    assert time.monotonic() - began < 10


def test_t06_only_a_plain_picture_of_a_fitting_size_is_taken():
    good = webp()
    assert (check(good).width, check(good).height) == (48, 64)
    bad = [
        b"",
        good[:20],
        good + b"\0",
        good[:4] + struct.pack("<I", 7) + good[8:],
        webp(lossless=True),
        webp((WIDEST + 1, 10)),
        webp((10, HIGHEST + 1)),
        good[:12] + b"VP8X" + good[16:],
        good[:23] + b"\0\0\0" + good[26:],
        good + bytes(MAX_PICTURE_BYTES),
        b"\x89PNG" + good[4:],
    ]
    for content in bad:
        with pytest.raises(Unreadable, match="output"):
            check(content)
