"""One module a format: bytes to a source text with its headings and tables."""
