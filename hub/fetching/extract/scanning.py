"""Draws a page of a scanned PDF as grey points for the recognition of letters; runs in the confined process only."""

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD

from hub.fetching.extract.result import Unreadable
from hub.fetching.extract.scan import MOST_POINTS, Scan, pack

# Points per inch that the recognition was made for; a page has 72 units per inch.
SCALE = 300 / 72


def scan(content: bytes, number: int) -> bytes:
    """The page of this number in grey; raises Unreadable."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if error.err_code == FPDF_ERR_PASSWORD else "damaged") from error
    if not 0 < number <= len(document):
        raise Unreadable("damaged")
    try:
        page = document[number - 1]
        width, height = page.get_size()
        if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
            raise Unreadable("damaged")
        scale = min(SCALE, (0.98 * MOST_POINTS / (width * height)) ** 0.5)
        drawn = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Unreadable("damaged") from error
    return pack(Scan(len(document), drawn.width, drawn.height, _points(drawn)))


def _points(drawn: pypdfium2.PdfBitmap) -> bytes:
    """Row by row without the fill at the end of each."""
    points = bytes(drawn.buffer)
    if drawn.stride == drawn.width:
        return points
    return b"".join(points[row * drawn.stride : row * drawn.stride + drawn.width] for row in range(drawn.height))
