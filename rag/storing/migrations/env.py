"""What Alembic runs to reach a catalogue: the caller's connection, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"], version_table=attributes["table"], render_as_batch=True, transactional_ddl=True
)
context.run_migrations()
