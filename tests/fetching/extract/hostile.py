"""Files that want to break whoever reads them, and files that are broken: built anew for each run."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from tests.support import documents
from tests.support.documents import archive, docx, opendocument, pdf, pdf_of_objects, pdf_of_streams, pptx, xlsx

Build = Callable[[], bytes]
MEBI = 1024 * 1024
_TEXT = "Ein Absatz über Sicherheit im öffentlichen Raum. " * 20
GOOD: dict[str, Build] = {
    "pdf": lambda: pdf([_TEXT[:80] + "\n" + _TEXT[80:160], "Zweite Seite"]),
    "docx": lambda: docx([_TEXT, "Zweiter Absatz"]),
    "pptx": lambda: pptx([[_TEXT], ["Zweite Folie"]]),
    "xlsx": lambda: xlsx({"Blatt": [[_TEXT, "Zweite Zelle"]]}),
    "odt": lambda: opendocument("odt", f"<office:text><text:p>{_TEXT}</text:p></office:text>"),
}
BROKEN = ("damaged", "bomb", "crashed", "memory", "slow", "output", "encrypted", "scanned")


def corpus() -> Iterator[tuple[str, str, Build, tuple[str, ...]]]:
    """Name, kind, builder and the answers that are right ('' stands for text) of each file."""
    any_end = ("", *BROKEN)
    for kind, build in GOOD.items():
        yield f"empty.{kind}", kind, lambda: b"", ("damaged",)
        yield f"zeros.{kind}", kind, lambda: bytes(100_000), ("damaged",)
        yield f"noise.{kind}", kind, lambda: random.Random(7).randbytes(100_000), ("damaged",)
        yield f"half.{kind}", kind, lambda build=build: build()[: len(build()) // 2], any_end
        yield f"cut-end.{kind}", kind, lambda build=build: build()[:-40], any_end
        yield f"turned-bytes.{kind}", kind, lambda build=build: _turned(build(), 0.01), any_end
        yield f"few-turned-bytes.{kind}", kind, lambda build=build: _turned(build(), 0.001), any_end
    for kind, other in (("pdf", "docx"), ("docx", "pdf"), ("xlsx", "docx"), ("odt", "pptx"), ("pptx", "odt")):
        yield f"renamed-{other}.{kind}", kind, GOOD[other], ("damaged", "scanned")
    yield "program.pdf", "pdf", lambda: b"MZ" + bytes(5000), ("damaged",)
    yield "unknown.exe", "exe", lambda: b"MZ" + bytes(5000), ("kind",)
    yield "old-word.docx", "docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), ("damaged",)
    yield "binary.txt", "txt", lambda: bytes(range(256)) * 100, ("damaged",)
    yield from _archives()
    yield from _xml()
    yield from _pdfs()


def _archives() -> Iterator[tuple[str, str, Build, tuple[str, ...]]]:
    yield "gigabyte-of-zeros.docx", "docx", lambda: _stuffed("word/document.xml", 1024 * MEBI), ("bomb",)
    yield "many-members.docx", "docx", lambda: archive(*((f"word/{n}.xml", "") for n in range(6000))), ("bomb",)
    yield "double-member.docx", "docx", _doubled, ("bomb",)
    yield "overlapping.docx", "docx", _overlapping, ("bomb",)
    yield "small-size-told.docx", "docx", lambda: _lying_size(10), ("damaged", "", "scanned")
    yield "large-size-told.docx", "docx", lambda: _lying_size(2**31 - 1), ("bomb",)
    yield "encrypted-member.docx", "docx", _flagged, ("encrypted",)
    yield "two-directories.docx", "docx", lambda: docx(["Erstes"]) + docx(["Zweites"]), ("", "damaged", "bomb")
    yield "wrong-checksum.docx", "docx", _wrong_checksum, ("damaged",)
    yield "unknown-packing.docx", "docx", _unknown_packing, ("damaged",)
    yield "nested.docx", "docx", lambda: archive(("word/document.xml", docx(["innen"]))), ("damaged",)
    yield "no-document.docx", "docx", lambda: archive(("word/other.xml", "<a/>")), ("scanned",)
    yield "no-content.odt", "odt", lambda: archive(("mimetype", "x")), ("damaged",)
    yield "links-outside.pptx", "pptx", _links_outside, ("scanned",)
    yield "encrypted.odt", "odt", _encrypted_odt, ("encrypted",)


def _xml() -> Iterator[tuple[str, str, Build, tuple[str, ...]]]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]>'
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    quadratic = f'<!DOCTYPE a [<!ENTITY x "{"y" * 100_000}">]>'
    remote = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">'
    for name, head, inner in (
        ("entity-bomb", bomb, "&l9;"),
        ("outer-entity", outside, "&x;"),
        ("quadratic-bomb", quadratic, "&x;" * 10_000),
        ("remote-type", remote, "x"),
    ):
        content = f"{head}<a><t>{inner}</t></a>"
        yield f"{name}.docx", "docx", lambda content=content: archive(("word/document.xml", content)), ("damaged",)
    yield "entity-bomb.odt", "odt", lambda: archive(("content.xml", f"{bomb}<a>&l9;</a>")), ("damaged",)
    for depth in (50_000, 3_000_000):
        deep = lambda depth=depth: archive(("word/document.xml", "<a>" * depth))  # noqa: E731
        yield f"deep-{depth}.docx", "docx", deep, ("bomb",)
    many = "<a " + " ".join(f"b{number}='1'" for number in range(100_000)) + "/>"
    yield "many-attributes.docx", "docx", lambda: archive(("word/document.xml", many)), ("scanned", "damaged", "slow")
    named = lambda: archive(("word/document.xml", f"<{'n' * 5 * MEBI}/>"))  # noqa: E731
    yield "long-name.docx", "docx", named, ("scanned", "damaged")
    yield "zeros-as-text.docx", "docx", lambda: _stuffed("word/document.xml", 60 * MEBI), ("damaged",)
    huge = lambda: archive(("word/document.xml", f"<a><p><t>{'A' * 60 * MEBI}</t></p></a>"))  # noqa: E731
    yield "one-huge-word.docx", "docx", huge, ("",)
    yield "empty-paragraphs.docx", "docx", _empty_paragraphs, ("scanned",)
    yield "cell-explosion.xlsx", "xlsx", _cell_explosion, ("",)
    yield "far-number.xlsx", "xlsx", lambda: xlsx({"B": [["x"]]}).replace(b"<v>0</v>", b"<v>9</v>"), BROKEN
    yield "odd-encoding.docx", "docx", lambda: _document(b'<?xml version="1.0" encoding="cp037"?><a/>'), BROKEN
    yield "lone-surrogate.docx", "docx", lambda: _document(b"<a><t>&#xD800;</t></a>"), ("damaged",)
    yield "not-utf8.docx", "docx", lambda: _document(b"<a><t>\xff\xfe\xfd</t></a>"), ("damaged",)


def _pdfs() -> Iterator[tuple[str, str, Build, tuple[str, ...]]]:
    yield "encrypted.pdf", "pdf", documents.encrypted_pdf, ("encrypted",)
    yield "scanned.pdf", "pdf", documents.scanned_pdf, ("scanned",)
    yield "large-stream.pdf", "pdf", lambda: pdf_of_streams([bytes(1024) * 1024 * 250]), ("scanned", *BROKEN)
    yield (
        "text-flood.pdf",
        "pdf",
        lambda: pdf_of_streams([b"BT/F1 9 Tf" + b"(Flut) Tj " * 300_000 + b"ET"]),
        ("", *BROKEN),
    )
    yield "packed-ten-times.pdf", "pdf", _packed_often, ("scanned", *BROKEN)
    yield "no-pages.pdf", "pdf", lambda: pdf([]), ("damaged",)
    yield "pages-in-circle.pdf", "pdf", _circle, BROKEN
    yield "million-pages-told.pdf", "pdf", _many_told, BROKEN
    yield "deep-arrays.pdf", "pdf", lambda: pdf_of_streams([b"[" * 2_000_000]), ("scanned", *BROKEN)
    yield "deep-objects.pdf", "pdf", lambda: pdf_of_objects([b"[" * 300_000]), BROKEN
    yield "form-calls-itself.pdf", "pdf", _form_calls_itself, ("scanned", *BROKEN)
    yield "length-negative.pdf", "pdf", lambda: pdf(["x"]).replace(b"/Length ", b"/Length -"), ("", *BROKEN)
    yield "xref-circle.pdf", "pdf", lambda: pdf(["x"], trailer="/Prev 9"), ("", *BROKEN)
    yield "huge-page.pdf", "pdf", lambda: pdf(["Wort"]).replace(b"595 842", b"9e9 9e9"), ("", *BROKEN)
    yield "script.pdf", "pdf", lambda: pdf(["Wort"], trailer="/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), ("",)
    yield "only-header.pdf", "pdf", lambda: b"%PDF-1.7\n%%EOF", ("damaged",)
    yield "control-signs.pdf", "pdf", lambda: pdf(["Wort\x01\x02\x1b[31m rot"], title="\x00\x07Titel"), ("",)


def _turned(content: bytes, share: float) -> bytes:
    chance, turned = random.Random(11), bytearray(content)
    for _ in range(max(3, int(len(turned) * share))):
        turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(8)
    return bytes(turned)


def _stuffed(name: str, size: int) -> bytes:
    """A member of zeros, written in blocks."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file, file.open(name, "w") as member:
        for _ in range(size // (16 * MEBI) + 1):
            member.write(bytes(16 * MEBI))
    return buffer.getvalue()


def _document(content: bytes) -> bytes:
    return archive(("word/document.xml", content))


def _doubled() -> bytes:
    """The same name twice, patched into the bytes so that no library warns."""
    return archive(("word/document.xml", "<a/>"), ("word/documenz.xml", "<b/>")).replace(b"documenz", b"document")


def _overlapping() -> bytes:
    """A hundred entries of the directory that all point at one packed kernel."""
    name, kernel = b"word/%03d.xml", zlib.compress(bytes(MEBI))[2:-4]
    local = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(kernel), MEBI, 12, 0) + name % 0 + kernel
    made = b"".join(
        b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 8, 0, 33, 0, len(kernel), MEBI, 12, 0, 0, 0, 0, 0, 0)
        + name % number
        for number in range(100)
    )  # fmt: skip
    return local + made + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 100, 100, len(made), len(local), 0)


def _lying_size(size: int) -> bytes:
    """The directory tells another unpacked size."""
    content = bytearray(_document(b"<a><t>Wort und Wort</t></a>"))
    place = content.rindex(b"PK\1\2") + 24
    content[place : place + 4] = struct.pack("<I", size)
    return bytes(content)


def _flagged() -> bytes:
    content = bytearray(docx(["x"]))
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


def _wrong_checksum() -> bytes:
    content = bytearray(_document(b"<a><t>Wort und Wort</t></a>"))
    content[content.rindex(b"PK\1\2") + 16] ^= 255
    return bytes(content)


def _unknown_packing() -> bytes:
    content = bytearray(_document(b"<a/>"))
    content[content.rindex(b"PK\1\2") + 10] = 97
    return bytes(content)


def _links_outside() -> bytes:
    return archive(
        ("ppt/presentation.xml", '<p><sldId id="1" xmlns:r="r" r:id="a"/></p>'),
        (
            "ppt/_rels/presentation.xml.rels",
            '<R><Relationship Id="a" Type="x/relationships/slide" Target="../../../../etc/passwd"/></R>',
        ),
    )


def _encrypted_odt() -> bytes:
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    return archive(("mimetype", "x"), ("content.xml", b"\x8f\x01"), ("META-INF/manifest.xml", manifest))


def _empty_paragraphs() -> bytes:
    return _document(b"<w:document xmlns:w='w'>" + b"<w:p/>" * 500_000 + b"</w:document>")


def _cell_explosion() -> bytes:
    """One long shared text that a million cells refer to."""
    cells = '<c t="s"><v>0</v></c>' * 60_000
    shared = f"<sst><si><t>{'Wort ' * 6000}</t></si></sst>"
    book = '<workbook><sheets><sheet name="B" id="a"/></sheets></workbook>'
    link = '<R><Relationship Id="a" Type="x/relationships/worksheet" Target="worksheets/s.xml"/></R>'
    return archive(
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", link),
        ("xl/sharedStrings.xml", shared),
        ("xl/worksheets/s.xml", f"<worksheet><row>{cells}</row></worksheet>"),
    )


def _packed_often() -> bytes:
    """A page whose content is packed twice and named fifty times: a few bytes become gigabytes."""
    packed = zlib.compress(bytes(60 * MEBI), 9)
    packed = zlib.compress(packed, 9)
    stream = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (len(packed), packed)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[%b]>>" % (b"6 0 R " * 50)
    catalogue, tree = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[5 0 R]>>"
    return pdf_of_objects([catalogue, tree, b"<<>>", b"<<>>", page, stream])


def _circle() -> bytes:
    return pdf_of_objects([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>"])


def _many_told() -> bytes:
    tree = b"<</Type/Pages/Count 99999999/Kids[2 0 R 2 0 R 2 0 R]>>"
    return pdf_of_objects([b"<</Type/Catalog/Pages 2 0 R>>", tree])


def _form_calls_itself() -> bytes:
    stream = b"/X Do"
    itself = b"/Resources<</XObject<</X 6 0 R>>>>"
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]%b/Length 5>>stream\n/X Do\nendstream" % itself
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Contents 7 0 R>>"
    content = b"<</Length 5>>stream\n%b\nendstream" % stream
    catalogue, tree = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[5 0 R]>>"
    return pdf_of_objects([catalogue, tree, b"<<>>", b"<<>>", page, form, content])
