"""From a question to its scope and its evidence."""
