"""Scans and photos: PNG, JPEG, TIFF (every page of it), BMP and WebP, read by OCR."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from itertools import islice

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from rag.errors import UnreadableFileError
from rag.reading.formats import ocr
from rag.reading.formats.assembly import Assembler
from rag.reading.formats.pdf import write_pages
from rag.types import Format, SourceText

MAX_PIXELS = 200_000_000
# A screenshot longer than this many times its width is read in strips.
TALL = 2.5


def read_picture(content: bytes, name: str) -> SourceText:
    """Read a picture's text, a page a frame; a warning says that it was read by OCR.

    Raises:
        UnreadableFileError: the file is damaged, too large to be opened, or shows no text.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content))
            frames = getattr(opened, "n_frames", 1)
            strips = [each for frame in islice(ImageSequence.Iterator(opened), ocr.MAX_PAGES) for each in _strips(frame)]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableFileError(f"{name}: more than {MAX_PIXELS:,} pixels; save the picture smaller") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadableFileError(f"{name}: the picture is damaged; scan or save it again") from error
    found = {}
    for number, strip in enumerate(strips, 1):
        found[number] = ocr.recognise(strip)
        ocr.on_page.get()(number, len(strips))
    if not any(each.page.lines for each in found.values()):
        raise UnreadableFileError(f"{name}: OCR finds no text in the picture; add a sharper one, or the document itself")
    assembler = Assembler(Format.PICTURE)
    write_pages([each.page for each in found.values()], assembler)
    return assembler.finish(ocr.warnings_of(found, range(ocr.MAX_PAGES + 1, frames + 1)))


def _strips(frame: Image.Image) -> Iterator[ocr.Pixels]:
    """Yield a frame upright and of a size that OCR reads well; a tall one in strips, cut where least is printed."""
    image = ImageOps.exif_transpose(frame).convert("RGBA" if "A" in frame.getbands() else "RGB")
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    width, height = image.size
    side = width if height > TALL * width else max(width, height)
    if side > ocr.MAX_SIDE_PIXELS:
        factor = ocr.MAX_SIDE_PIXELS / side
        image = image.resize((max(1, round(width * factor)), max(1, round(height * factor))))
    pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    step = int(TALL * pixels.shape[1])
    start = 0
    while len(pixels) - start > step:
        near = pixels[start + int(0.9 * step) : start + step].mean(axis=2).std(axis=1)
        cut = start + int(0.9 * step) + int(near.argmin())
        yield pixels[start:cut]
        start = cut
    yield pixels[start:]
