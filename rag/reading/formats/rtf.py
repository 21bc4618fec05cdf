"""RTF: text in whatever code page its fonts name, tables by the row marks."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from rag.errors import UnreadableFileError
from rag.reading.decoding import LOST_MARK
from rag.reading.formats.assembly import Assembler
from rag.types import Format, SourceText

TITLE = re.compile(r"\{\\info.*?(\{\\title .*?\})", re.DOTALL)


def read_rtf(content: bytes, name: str) -> SourceText:
    """Read an RTF. Characters that its code page does not have stand as ``〓`` and are counted in a warning.

    Raises:
        UnreadableFileError: its control words make no sense.
    """
    text = "".join(sign if sign.isascii() else f"\\'{ord(sign):02x}" for sign in content.decode("latin-1"))
    try:
        plain = _plain(text, errors="replace")
    except (ValueError, LookupError) as error:
        raise UnreadableFileError(f"{name}: the RTF is damaged ({error}); save it as DOCX") from error
    num_lost = plain.count("\ufffd")
    assembler = Assembler(Format.RTF, encoding="rtf", title=_title(text))
    _write(plain.replace("\ufffd", LOST_MARK), assembler)
    return assembler.finish([f"characters lost: {num_lost}"] if num_lost else [])


def _write(plain: str, assembler: Assembler) -> None:
    rows: list[list[str]] = []
    for line in plain.split("\n"):
        if line.count("|") >= 2 and line.rstrip().endswith("|"):
            rows.append(line.rstrip().removesuffix("|").split("|"))
            continue
        if rows:
            assembler.table(rows)
            rows = []
        assembler.paragraph(line)
    assembler.table(rows)


def _title(text: str) -> str:
    page = re.search(r"\\ansicpg\d+", text)
    found = TITLE.search(text)
    if not found:
        return ""
    inner = found.group(1).replace("{\\title ", "", 1).removesuffix("}")
    return _plain(f"{{\\rtf1\\ansi{page.group() if page else ''} {inner}}}", errors="ignore").strip()


def _plain(text: str, *, errors: str) -> str:
    return str(rtf_to_text(text, errors=errors))  # type: ignore[no-untyped-call]
