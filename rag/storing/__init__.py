"""The catalogue: one SQLite file that holds every report and is the truth; both indexes are derived from it."""

from rag.storing.files import FileRecord
from rag.storing.rows import embedded_text, text_hash
from rag.storing.store import Catalogue

__all__ = ["Catalogue", "FileRecord", "embedded_text", "text_hash"]
