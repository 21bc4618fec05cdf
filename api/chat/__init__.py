"""The door for OpenAI's clients: conversations in, completions out. Source: its API reference, "Chat Completions"."""
