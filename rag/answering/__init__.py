"""From evidence to a verified answer."""
