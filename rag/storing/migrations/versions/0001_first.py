"""The tables before there were steps."""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Change nothing: whoever has no step yet has these tables."""
