"""The command line; its door is :func:`main`."""

from rag.cli.entry import main

__all__ = ["main"]
