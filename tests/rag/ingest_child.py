"""A process that ingests a folder, to be killed: ``python ingest_child.py DATA_DIR FOLDER [URL]``.

It prints "began" when the ingest begins and "done" when it is over.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rag.ingesting.ingest import Ingester
from rag.ingesting.intake import IntakeParts
from rag.ingesting.sandbox import ParserPool
from rag.ingesting.worker import SandboxedParser
from rag.reading.report import read_report
from tests.rag.workshop import RECIPE, Workshop


def main(data_dir: Path, folder: Path, url: str | None) -> None:
    """Ingest with worker processes, a database, tantivy and Chroma as in the service; only the vectors are simple."""
    workshop = Workshop(data_dir, url)
    pool = ParserPool(1, 60, 2_000_000_000, work=read_report)
    parts = IntakeParts(workshop.catalogue, workshop.embedder, SandboxedParser(pool), workshop.indexes, RECIPE)
    sys.stdout.write("began\n")
    sys.stdout.flush()
    Ingester(parts, max_file_bytes=10_000_000, data_dir=data_dir).ingest([folder], prune=True)
    sys.stdout.write("done\n")
    sys.stdout.flush()
    pool.close()
    workshop.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), (*sys.argv[3:], None)[0])
