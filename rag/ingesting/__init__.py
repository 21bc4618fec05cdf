"""Files into reports: candidates, parser processes, progress, commit."""
