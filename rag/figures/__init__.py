"""Figures: statements *indicator - figure - unit - qualifier* found in a report's text."""

from rag.figures.extraction import extract_figures

__all__ = ["extract_figures"]
