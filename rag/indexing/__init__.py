"""Embedding, Chroma and tantivy: what is derived from the catalogue to find passages by."""
