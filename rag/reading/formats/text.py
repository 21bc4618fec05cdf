"""Plain text: decoded, with the file's own lines kept as they are."""

from __future__ import annotations

from rag.reading.decoding import Decoded
from rag.types import Format, SourceText


def read_text(decoded: Decoded) -> SourceText:
    """Make a source of plain text. Cleaning, not reading, joins lines and drops noise."""
    return SourceText(decoded.text, Format.TEXT, decoded.encoding, warnings=decoded.warnings)
