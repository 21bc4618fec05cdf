"""Other systems on the same files with the same embedding model, each in an environment of its own."""
