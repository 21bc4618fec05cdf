"""From evidence to verified, cited claims."""
