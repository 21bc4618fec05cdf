"""One module a step, in order; ``REVISION`` in ``rag/storing/schema.py`` names the last."""
