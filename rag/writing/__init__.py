"""Answers a language model writes: what it is shown, and what of its words is let through."""
