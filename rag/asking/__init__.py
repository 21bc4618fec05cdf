"""Understanding a question: its places, periods, kind and words, and what it takes from earlier turns."""
