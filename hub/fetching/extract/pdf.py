"""The text of a PDF, page by page."""

from typing import Any

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_PAGEOBJ_IMAGE

from hub.fetching.extract import headline
from hub.fetching.extract.flow import Enough, Flow
from hub.fetching.extract.result import MAX_CHARACTERS, WORD, Unreadable

Facts = dict[str, str]
DEEPEST = 3


def read(content: bytes, flow: Flow) -> tuple[Facts, int, list[int]]:
    """Write the pages into the flow; returns what the document says of itself, its number of pages, and the numbers of
    those that hold a picture and hardly a word."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if error.err_code == FPDF_ERR_PASSWORD else "damaged") from error
    count = len(document)
    if count == 0:
        raise Unreadable("damaged")
    facts = {"headline": _headline(document), **_facts(document)}
    pictured: list[int] = []
    try:
        failed = sum(not _read_page(document, number, flow, pictured) for number in range(count))
    except Enough:
        flow.close()
        return facts, count, pictured
    if failed == count:
        raise Unreadable("damaged")
    return facts, count, pictured


def _read_page(document: pypdfium2.PdfDocument, number: int, flow: Flow, pictured: list[int]) -> bool:
    """False when the page cannot be read; its place stays empty. Notes its number when it is a picture."""
    is_read = True
    try:
        page = document[number]
        text = page.get_textpage()
        written = text.get_text_range(0, min(text.count_chars(), MAX_CHARACTERS))
        if not WORD.search(written) and _has_picture(page):
            pictured.append(number + 1)
        flow.write(written)
        text.close()
        page.close()
    except pypdfium2.PdfiumError:
        is_read = False
    flow.end_line()
    flow.end_page()
    return is_read


def _has_picture(page: Any) -> bool:
    return next(iter(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=DEEPEST)), None) is not None


def _headline(document: pypdfium2.PdfDocument) -> str:
    try:
        page = document[0]
        text = page.get_textpage()
        found = headline.find(text)
        text.close()
        page.close()
    except pypdfium2.PdfiumError:
        return ""
    return found


def _facts(document: pypdfium2.PdfDocument) -> Facts:
    try:
        told = document.get_metadata_dict()
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return {}
    moment = told.get("CreationDate", "").removeprefix("D:")
    date = f"{moment[:4]}-{moment[4:6]}-{moment[6:8]}" if len(moment) >= 8 else ""
    return {"title": told.get("Title", ""), "author": told.get("Author", ""), "date": date}
