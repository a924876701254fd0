"""Draws a page of a PDF, or makes a picture small; runs in the confined process only."""

from io import BytesIO

import pypdfium2
from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401 - loaded now or never
from pypdfium2.raw import FPDF_ERR_PASSWORD

from hub.core.filetypes import MAX_PIXELS
from hub.fetching.extract.picture import HIGHEST, WIDEST
from hub.fetching.extract.result import Unreadable

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
QUALITY = 45
FINER = 2
Image.preinit()


def draw(extension: str, content: bytes, number: int) -> bytes:
    """The page of this number (or the picture itself) as WebP; raises Unreadable."""
    if extension == "pdf":
        image = _page(content, number)
    elif extension in FORMATS:
        image = _picture(content, FORMATS[extension])
    else:
        raise Unreadable("kind")
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()


def _page(content: bytes, number: int) -> Image.Image:
    """Drawn twice as large as it is shown and made small: letters stay readable."""
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
        scale = min(WIDEST / width, HIGHEST / height) * FINER
        image = page.render(scale=scale, may_draw_forms=False).to_pil()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Unreadable("damaged") from error
    return _fitted(image.convert("RGB"))


def _picture(content: bytes, form: str) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unreadable("bomb")
            image.draft("RGB", (WIDEST * FINER, HIGHEST * FINER))
            upright = ImageOps.exif_transpose(image)
            return _fitted(_on_white(upright))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise Unreadable("damaged") from error


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    plain = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", plain.size, "white"), plain).convert("RGB")


def _fitted(image: Image.Image) -> Image.Image:
    image.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    return image
