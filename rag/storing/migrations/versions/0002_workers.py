"""Uploads lie in the catalogue, and workers take them from it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Double, LargeBinary

from rag.storing.schema import WORDS

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the bytes of uploads, and who works on a job since when."""
    op.add_column("jobs", Column("worker", WORDS))
    op.add_column("jobs", Column("beat", Double))
    op.create_table(
        "uploads",
        Column("content_hash", WORDS, primary_key=True),
        Column("content", LargeBinary, nullable=False),
        Column("stored", Double, nullable=False),
        if_not_exists=True,
    )
