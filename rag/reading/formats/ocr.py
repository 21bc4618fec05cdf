"""Scans and photos, and pages of a PDF without text: read by the models that the package rapidocr carries."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from rag.errors import UnreadableFileError
from rag.language.folding import RADICALS
from rag.reading.formats import on_page
from rag.reading.formats.assembly import Assembler
from rag.reading.formats.boxes import Box, Page, page_of
from rag.reading.formats.pdf_layout import write_pages
from rag.types import OCR_WARNING, Format, SourceText

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Pixels = NDArray[np.uint8]
MAX_SIDE_PIXELS = 2_200
MAX_PAGES = 500
# Below this it is no writing; from ``SURE`` on hardly a sign is wrong.
MIN_SCORE = 1 / 5
SURE = 4 / 5
MIN_SURE_SHARE = 7 / 10
MAX_PIXELS = 200_000_000
# A screenshot longer than this many times its width is read in strips.
TALL = 5 / 2


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page as recognised, its sure characters and their share (0 without any), and whether most lines run down."""

    page: Page
    num_sure: int
    sure_share: float
    runs_down: bool

    @property
    def is_upright(self) -> bool:
        """Whether it reads well as it stands."""
        return self.sure_share >= MIN_SURE_SHARE and not self.runs_down


@cache
def _engine() -> RapidOCR:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{each}_op_num_threads": 1 for each in ("intra", "inter")}
    # Its own model for lines upside down turns upright ones too; whole pages are turned below.
    return RapidOCR(
        params={"Global.log_level": "error", "Global.text_score": MIN_SCORE, "Global.use_cls": False, **threads}
    )


def recognise(image: Pixels, *, points_a_pixel: float = 1.0) -> Recognised:
    """Read a page's picture of shape ``(height, width, 3)``, blue first; its lines stand in points from lower left.

    A page that can hardly be read is tried upside down and on its sides.
    """
    best = _recognise(image, points_a_pixel)
    for turns in (1, 3, 2) if best.page.lines and not best.is_upright else ():
        turned = _recognise(np.ascontiguousarray(np.rot90(image, turns)), points_a_pixel)
        best = max(best, turned, key=lambda each: (each.is_upright, each.num_sure))
    return best


def _recognise(image: Pixels, points_a_pixel: float) -> Recognised:
    found: Any = _engine()(image)
    texts, scores = found.txts or (), found.scores or ()
    corners = [] if found.boxes is None else [each * points_a_pixel for each in found.boxes]
    boxes = [
        Box(text.translate(RADICALS).strip(), *each.min(axis=0), *each.max(axis=0))
        for text, each in zip(texts, corners, strict=True)
        if text.strip()
    ]
    sure = sum(len(text) for text, score in zip(texts, scores, strict=True) if score >= SURE)
    height, width = (side * points_a_pixel for side in image.shape[:2])
    runs_down = 2 * sum(box.height > box.right - box.left for box in boxes if len(box.text) > 1) > len(boxes)
    return Recognised(page_of(boxes, height, width), sure, sure / max(1, sum(map(len, texts))), runs_down)


def warnings_of(recognised: Mapping[int, Recognised], left_out: Sequence[int] = ()) -> list[str]:
    """Name the pages (counted from 1) that were read by OCR, those to be checked, and those beyond the limit."""
    doubtful = [number for number, each in recognised.items() if each.sure_share < MIN_SURE_SHARE]
    told = ((OCR_WARNING, recognised), ("few sure characters on pages: ", doubtful), ("pages not read: ", left_out))
    return [words + ", ".join(map(str, numbers)) for words, numbers in told if numbers]


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
            strips = [each for frame in islice(ImageSequence.Iterator(opened), MAX_PAGES) for each in _strips(frame)]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableFileError(f"{name}: more than {MAX_PIXELS:,} pixels; save the picture smaller") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadableFileError(f"{name}: the picture is damaged; scan or save it again") from error
    found = {}
    for number, strip in enumerate(strips, 1):
        found[number] = recognise(strip)
        on_page.get()(number, len(strips))
    if not any(each.page.lines for each in found.values()):
        raise UnreadableFileError(
            f"{name}: OCR finds no text in the picture; add a sharper one, or the document itself"
        )
    assembler = Assembler(Format.PICTURE)
    write_pages([each.page for each in found.values()], assembler)
    return assembler.finish(warnings_of(found, range(MAX_PAGES + 1, frames + 1)))


def _strips(frame: Image.Image) -> Iterator[Pixels]:
    """Yield a frame upright and of a size that OCR reads well; a tall one in strips, cut where least is printed."""
    image = ImageOps.exif_transpose(frame).convert("RGBA" if "A" in frame.getbands() else "RGB")
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    width, height = image.size
    side = width if height > TALL * width else max(width, height)
    if side > MAX_SIDE_PIXELS:
        factor = MAX_SIDE_PIXELS / side
        image = image.resize((max(1, round(width * factor)), max(1, round(height * factor))))
    pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    step = int(TALL * pixels.shape[1])
    start = 0
    while len(pixels) - start > step:
        last = start + step - step // 10
        cut = last + int(pixels[last : start + step].mean(axis=2).std(axis=1).argmin())
        yield pixels[start:cut]
        start = cut
    yield pixels[start:]
