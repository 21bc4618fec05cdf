"""The tables before there were steps."""

from __future__ import annotations

from alembic import op

from rag.storing.schema import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what a file from before there were steps may lack; such files knew tables only, no other changes."""
    METADATA.create_all(op.get_bind())
