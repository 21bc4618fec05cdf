"""The bytes of uploads, by their hash: in the catalogue, or in an S3-compatible store."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import bindparam, delete, select

from rag.errors import ConfigurationError, StorageAwayError, StorageError
from rag.storing.database import Database
from rag.storing.dialects import Among, replace_row
from rag.storing.schema import UPLOADS

SPARED_SECONDS = 3_600.0  # what was stored a moment ago may belong to a job that another process is about to queue
# Whoever sends a file waits as long.
RETRIED: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
FORGOTTEN = delete(UPLOADS).where(UPLOADS.c.stored < bindparam("before"), ~Among(UPLOADS.c.content_hash, "wanted"))


class UploadTable:
    """Uploads in the catalogue."""

    def __init__(self, database: Database) -> None:
        """Use the catalogue's database."""
        self._database = database

    def put(self, digest: str, content: bytes) -> None:
        """Keep bytes under their hash.

        Raises:
            StorageError: the disk is full.
        """
        with self._database.note() as connection:
            replace_row(connection, UPLOADS, {"content_hash": digest, "content": content, "stored": time.time()})

    def get(self, digest: str) -> bytes:
        """Return bytes by their hash.

        Raises:
            StorageError: they are gone.
        """
        with self._database.read() as connection:
            content = connection.scalar(select(UPLOADS.c.content).where(UPLOADS.c.content_hash == digest))
        if content is None:
            raise StorageError(f"the bytes of upload {digest[:16]} are gone; send the file again")
        return bytes(content)

    def sweep(self, wanted: Collection[str]) -> None:
        """Forget all but these, except what was stored a moment ago."""
        with self._database.note() as connection:
            connection.execute(FORGOTTEN, {"before": time.time() - SPARED_SECONDS, "wanted": wanted})


class UploadBucket:
    """Uploads in an S3-compatible store; keys as AWS's own tools take them (``AWS_ACCESS_KEY_ID`` and so on).

    All methods raise ``StorageAwayError`` while it cannot be asked.
    """

    def __init__(self, url: str) -> None:
        """Use ``s3://BUCKET/PREFIX?endpoint=https://HOST``; without an endpoint, AWS.

        Raises:
            ConfigurationError: the address cannot be used, or the library is missing.
        """
        try:
            from obstore.exceptions import BaseError
            from obstore.store import S3Store
        except ImportError as error:
            raise ConfigurationError(f"{error}; run `pip install 'report-qa[s3]'`") from error
        parts, options = urlsplit(url), parse_qs(urlsplit(url).query)
        if parts.scheme != "s3" or not parts.netloc or options.keys() - {"endpoint", "region"}:
            raise ConfigurationError(
                "REPORT_QA_STORE_URL: write s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION"
            )
        given: dict[str, Any] = {name: values[0] for name, values in options.items()}
        client: Any = {"allow_http": given.get("endpoint", "").startswith("http://")}
        self._errors = (BaseError, OSError)
        self._name = f"s3://{parts.netloc}{parts.path}"
        prefix = parts.path.strip("/") or None
        self._store = S3Store(parts.netloc, prefix=prefix, client_options=client, retry_config=RETRIED, **given)

    def put(self, digest: str, content: bytes) -> None:
        """Keep bytes under their hash."""
        self._asked(lambda: self._store.put(digest, content))

    def get(self, digest: str) -> bytes:
        """Return bytes by their hash."""
        return bytes(self._asked(lambda: self._store.get(digest).bytes()))

    def sweep(self, wanted: Collection[str]) -> None:
        """Forget all but these, except what was stored a moment ago."""
        before = datetime.now(UTC) - timedelta(seconds=SPARED_SECONDS)
        found = self._asked(lambda: [each for batch in self._store.list() for each in batch])
        old = [each["path"] for each in found if each["last_modified"] < before and each["path"] not in wanted]
        if old:
            self._asked(lambda: self._store.delete(old))

    def _asked(self, ask: Any) -> Any:
        try:
            return ask()
        except FileNotFoundError as error:
            raise StorageError(f"{self._name} does not hold the upload any more; send the file again") from error
        except self._errors as error:
            raise StorageAwayError(f"{self._name}: {str(error).splitlines()[0]}; try again") from error


Uploads = UploadTable | UploadBucket
