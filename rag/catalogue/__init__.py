"""The catalogue: one SQLite file that holds every report and is the truth; both indexes are derived from it."""

from rag.catalogue.files import FileRecord
from rag.catalogue.rows import embedded_text, text_hash
from rag.catalogue.store import Catalogue

__all__ = ["Catalogue", "FileRecord", "embedded_text", "text_hash"]
