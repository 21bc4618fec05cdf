"""Bytes into characters: which encoding fits, told by what the decoded text looks like, not by what a page declares.

Byte-oriented detectors that try GB18030 first read Big5 as rare Chinese characters without a single error. So every
candidate decodes the bytes, and the one whose text consists most of common characters wins.
"""

from __future__ import annotations

import codecs
import re
import shutil
import subprocess
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from rag.errors import UnreadableFileError

LOST_MARK = "〓"
SAMPLE_BYTES = 60_000
PUNCTUATION = frozenset("。，、；：？！“”‘’（）《》「」『』【】—…·　％〔〕※■●◆○①②③④⑤⑥⑦⑧⑨⑩" + "０１２３４５６７８９")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CANDIDATES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "utf-16-le", "utf-16-be", "utf-8", "cp950")
PLAIN_NAMES = {"big5hkscs": "big5", "cp950": "big5", "cp932": "shift_jis"}
ENOUGH = 0.5
MAX_SHARE_OF_CONTROLS = 0.01
EUC_PAIRS = re.compile(rb"(?:[\xa1-\xfe]{2}|\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\x00-\x7f])*[\xa1-\xfe]?")
CONTROLS = dict.fromkeys((*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, 0xFEFF))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text with line feeds as line ends; ``num_lost`` counts the places where bytes made no character."""

    text: str
    encoding: str
    num_lost: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Trial:
    """A sample decoded one way and its share of common characters, at most 1; worse below."""

    codec: str
    score: float


@cache
def common_characters() -> frozenset[str]:
    """Return the characters and punctuation that make up ordinary Chinese text, both scripts."""
    listed = files("rag").joinpath("data/common_characters.txt").read_text("utf-8")
    kana = "".join(map(chr, range(0x3041, 0x30F7)))
    return frozenset("".join(listed.split()) + kana) | PUNCTUATION


def decode(content: bytes, name: str, *, declared: str | None = None) -> Decoded:
    """Decode a text file or page.

    ``declared`` is the charset the page names, believed only as far as its text is plausible. Bytes that make no
    character are dropped at the end of the file and stand as ``〓`` elsewhere, and a warning counts them.

    Raises:
        UnreadableFileError: no known encoding gives plausible text.
    """
    for mark, marked in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _finish(content[len(mark) :], marked, None, name)
    codec = _codec_without_mark(content, declared)
    if codec is None:
        raise UnreadableFileError(f"{name}: {_reason(content)}")
    return _finish(content, codec, declared, name)


def _codec_without_mark(content: bytes, declared: str | None) -> str | None:
    if (wide := _wide_by_zero_bytes(content)) is not None:
        return wide
    if _is_nearly_utf8(content):
        return "utf-8"
    sample = content[:SAMPLE_BYTES]
    named = [codec for codec in [_known(declared)] if codec]
    trials = [_trial(sample, codec, bonus=0.05 * (codec in named)) for codec in [*CANDIDATES, *named]]
    if EUC_PAIRS.fullmatch(sample) and shutil.which("iconv"):
        trials.append(_trial(sample, "euc-tw", bonus=0.0))
    best = max(trials, key=lambda trial: trial.score)
    if best.score >= ENOUGH:
        return best.codec
    return "cp1252" if _is_western(content) else None


def _wide_by_zero_bytes(content: bytes) -> str | None:
    """Recognise UTF-16 of mostly Latin text, which is valid UTF-8 as well, by the zero byte of each pair."""
    sample = content[: SAMPLE_BYTES & ~1]
    if len(sample) < 4 or sample.count(0) < len(sample) * 0.2:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 5 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 5 * odd else None


def _is_nearly_utf8(content: bytes) -> bool:
    text = content.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    if not lost:
        return True
    num_good = sum(character > "\x7f" for character in text[:SAMPLE_BYTES]) - text[:SAMPLE_BYTES].count("\ufffd")
    return num_good > 10 * text[:SAMPLE_BYTES].count("\ufffd")


def _known(declared: str | None) -> str | None:
    try:
        codec = codecs.lookup(declared or "").name
    except LookupError:
        return None
    wider = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "utf-16": "utf-16-le"}
    return wider.get(codec, codec)


def _trial(sample: bytes, codec: str, *, bonus: float) -> _Trial:
    text = _decode_loosely(sample, codec)
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return _Trial(codec, -1.0)
    common = common_characters()
    num_common = sum(character in common for character in foreign)
    num_bad = sum(map(_is_implausible, foreign)) + len(text) - len(text.translate(CONTROLS))
    return _Trial(codec, (num_common - 3 * num_bad) / len(foreign) + bonus)


def _is_implausible(character: str) -> bool:
    code = ord(character)
    private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000
    return private or character == "\ufffd" or 0x80 <= code <= 0x9F or 0xFF61 <= code <= 0xFF9F


def _decode_loosely(content: bytes, codec: str) -> str:
    """Decode; what makes no character becomes U+FFFD, an incomplete character at the very end is dropped."""
    if codec == "euc-tw":
        return _decode_with_iconv(content)
    if codec.startswith("utf-16"):
        content = content[: len(content) & ~1]
    return content.decode(codec, "replace").rstrip("\ufffd")


def _decode_with_iconv(content: bytes) -> str:
    """Decode EUC-TW, for which Python has no codec, with the system's iconv (invalid bytes are left out)."""
    command = ["iconv", "-c", "-f", "EUC-TW", "-t", "UTF-8"]
    done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=60)
    return done.stdout.decode("utf-8", "replace")


def _finish(content: bytes, codec: str, declared: str | None, name: str) -> Decoded:
    text = _unfolded(_decode_loosely(content, codec))
    num_lost = _count_lost(content, text, codec)
    text = text.replace("\ufffd", LOST_MARK).replace("\r\n", "\n").replace("\r", "\n")
    encoding = PLAIN_NAMES.get(codec, codec)
    warnings = []
    if num_lost:
        warnings.append(f"characters lost: {num_lost} (bytes that are no {encoding})")
    if declared and _known(declared) not in (None, codec) and encoding != "cp1252" and not text.isascii():
        warnings.append(f"declares the charset {declared}, but its bytes are {encoding}")
    clean = text.translate(CONTROLS)
    if len(text) - len(clean) > max(8, len(text) * MAX_SHARE_OF_CONTROLS):
        raise UnreadableFileError(f"{name}: binary content of no known kind; add the document as text, PDF or DOCX")
    return Decoded(clean, encoding, num_lost, tuple(warnings))


def _unfolded(text: str) -> str:
    """Put together letters whose marks stand apart, and undo UTF-8 that was read as Western letters once before."""
    if all(character < "\u0100" for character in text) and not text.isascii():
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode("utf-8")
    return unicodedata.normalize("NFC", text)


def _count_lost(content: bytes, text: str, codec: str) -> int:
    if codec == "euc-tw":
        again = subprocess.run(
            ["iconv", "-c", "-f", "UTF-8", "-t", "EUC-TW"], input=text.encode(), capture_output=True, check=False
        )
        return max(0, len(content) - len(again.stdout)) // 2
    cut_off = 0
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        cut_off = int(not text.count("\ufffd") or content.decode(codec, "replace").endswith("\ufffd"))
    return text.count("\ufffd") + cut_off


def _is_western(content: bytes) -> bool:
    """Tell Latin text with a few accented letters: bytes above 127 are rare and stand alone."""
    runs = [sum(1 for _ in run) for is_high, run in groupby(content, lambda byte: byte > 0x7F) if is_high]
    return bool(runs) and sum(runs) < len(content) * 0.2 and max(runs) <= 2


def _reason(content: bytes) -> str:
    if EUC_PAIRS.fullmatch(content[:SAMPLE_BYTES]) and not shutil.which("iconv"):
        return "looks like EUC-TW, which needs the program iconv; install it or convert the file to UTF-8"
    return "its bytes fit no known encoding (tried UTF-8, UTF-16, GB18030, Big5, Shift-JIS, EUC-TW); save it as UTF-8"
