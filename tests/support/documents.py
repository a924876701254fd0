"""Documents with known words, made in memory: PDF, Word, PowerPoint, Excel, OpenDocument."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_DC = "http://purl.org/dc/elements/1.1/"
ODF_TYPES = {
    kind: f"application/vnd.oasis.opendocument.{word}"
    for kind, word in (("odt", "text"), ("odp", "presentation"), ("ods", "spreadsheet"))
}


def pdf(pages: Sequence[str], title: str = "", author: str = "", date: str = "", trailer: str = "") -> bytes:
    """A PDF; each line of a page's text is a line on the page. Letters as far as the Windows code page goes."""
    streams = [_page_content(text) for text in pages]
    return pdf_of_streams(streams, title, author, date, trailer)


def pdf_of_streams(
    streams: Sequence[bytes], title: str = "", author: str = "", date: str = "", trailer: str = "", more: str = ""
) -> bytes:
    """A PDF of pages with these drawing commands, compressed."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(streams)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(streams)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        f"<</Title({_letters(title)})/Author({_letters(author)})/CreationDate({date})>>".encode("cp1252"),
    ]
    for number, stream in enumerate(streams):
        resources = f"/Resources<</Font<</F1 3 0 R>>{more}>>"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{resources}/Contents {6 + 2 * number} 0 R>>".encode()
        )
        packed = zlib.compress(stream)
        objects.append(b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed))
    return pdf_of_objects(objects, trailer)


def pdf_of_objects(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """A PDF of these objects, the first one is the root and the fourth tells about the document."""
    made, places = io.BytesIO(b""), []
    made.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        places.append(made.tell())
        made.write(b"%d 0 obj" % number + content + b"endobj\n")
    start = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    made.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    ending = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 4 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n"
    made.write(ending.encode("latin-1"))
    return made.getvalue()


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password nobody knows."""
    secret = "7" * 64
    return pdf(
        ["Geheim"],
        trailer=f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{secret}>/U<{secret}>>>/ID[<{'0' * 32}><{'0' * 32}>]",
    )


def scanned_pdf() -> bytes:
    """A PDF whose only page is a grey area, like a scan that nobody ran recognition over."""
    return pdf_of_streams([b"0.5 g 0 0 595 842 re f"])


def scan(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF of pictures in which lines are written, like a scan that nobody ran recognition over."""
    from PIL import Image, ImageDraw, ImageFont

    drawn = []
    for lines in pages:
        image = Image.new("L", (1654, 2339), 250)
        pen = ImageDraw.Draw(image)
        for number, line in enumerate(lines):
            pen.text((150, 150 + 70 * number), line, fill=15, font=ImageFont.load_default(size=42))
        drawn.append(image)
    buffer = io.BytesIO()
    drawn[0].save(buffer, "PDF", save_all=True, append_images=drawn[1:], resolution=200)
    return buffer.getvalue()


def joined(*parts: bytes) -> bytes:
    """One PDF of the pages of several."""
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        whole.import_pages(pypdfium2.PdfDocument(part))
    buffer = io.BytesIO()
    whole.save(buffer)
    return buffer.getvalue()


def docx(paragraphs: Sequence[str], title: str = "", author: str = "", more: str = "") -> bytes:
    """A Word file."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    return archive(
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}{more}</w:body></w:document>'),
        ("docProps/core.xml", _core(title, author)),
    )


def pptx(slides: Sequence[Sequence[str]], order: Sequence[int] | None = None) -> bytes:
    """A PowerPoint file; ``order`` is that of the show, by place among the slides."""
    numbers = order or range(len(slides))
    listed = "".join(f'<p:sldId id="{256 + number}" r:id="rId{number}"/>' for number in numbers)
    links = [(f"rId{number}", "slide", f"slides/slide{number + 1}.xml") for number in range(len(slides))]
    members = [
        (
            f"ppt/slides/slide{number}.xml",
            f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}"><p:txBody>'
            + "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in texts)
            + "</p:txBody></p:sld>",
        )
        for number, texts in enumerate(slides, 1)
    ]
    return archive(
        ("[Content_Types].xml", "<Types/>"),
        (
            "ppt/presentation.xml",
            f'<p:presentation xmlns:p="{_P}" xmlns:r="{_R}"><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>',
        ),
        ("ppt/_rels/presentation.xml.rels", _links(links)),
        *members,
    )


def xlsx(sheets: dict[str, Sequence[Sequence[str]]]) -> bytes:
    """An Excel file; texts stand in the shared table, as Excel writes them."""
    shared: list[str] = []
    members, listed, links = [], "", []
    for number, (name, rows) in enumerate(sheets.items(), 1):
        lines = ""
        for row in rows:
            cells = ""
            for text in row:
                shared.append(f"<si><t>{escape(text)}</t></si>")
                cells += f'<c t="s"><v>{len(shared) - 1}</v></c><c><v>4711</v></c>'
            lines += f"<row>{cells}</row>"
        members.append((f"xl/worksheets/sheet{number}.xml", f'<worksheet xmlns="{_S}">{lines}</worksheet>'))
        listed += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        links.append((f"rId{number}", "worksheet", f"/xl/worksheets/sheet{number}.xml"))
    return archive(
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", f'<workbook xmlns="{_S}" xmlns:r="{_R}"><sheets>{listed}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", _links(links)),
        ("xl/sharedStrings.xml", f'<sst xmlns="{_S}">{"".join(shared)}</sst>'),
        *members,
    )


def opendocument(kind: str, content: str, title: str = "", more: Sequence[tuple[str, str]] = ()) -> bytes:
    """An OpenDocument file; the content is written with the usual prefixes."""
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "text", "table", "meta"))
    drawing = f'xmlns:draw="{_ODF}:drawing:1.0" xmlns:dc="{_DC}"'
    return archive(
        ("mimetype", ODF_TYPES[kind]),
        (
            "content.xml",
            f"<office:document-content {spaces} {drawing}><office:body>{content}</office:body>"
            "</office:document-content>",
        ),
        ("meta.xml", f"<office:document-meta {spaces} {drawing}><dc:title>{title}</dc:title></office:document-meta>"),
        *more,
    )


def archive(*members: tuple[str, str | bytes]) -> bytes:
    """A compressed zip file with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def _page_content(text: str) -> bytes:
    lines = "".join(f"({_letters(line)}) Tj 0 -14 Td " for line in text.split("\n"))
    return f"BT /F1 11 Tf 50 790 Td {lines}ET".encode("cp1252")


def _letters(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _core(title: str, author: str) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="{_DC}" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        "<dcterms:created>2023-05-17T10:00:00Z</dcterms:created></cp:coreProperties>"
    )


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    inner = "".join(f'<Relationship Id="{key}" Type="{_R}/{kind}" Target="{target}"/>' for key, kind, target in links)
    return f'<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'
