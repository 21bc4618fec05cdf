"""What a language model is to this project: messages in, pieces of text out."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat; ``role`` is "system", "user" or "assistant"."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of the reply, maybe empty; the token counts add up over all pieces of a reply."""

    text: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


class ChatModel(Protocol):
    """A model that replies piece by piece; safe to share between threads. ``name`` is "provider:model"."""

    name: str

    def stream(self, messages: Sequence[Message], *, grammar: str = "") -> Generator[Piece, None, None]:
        """Reply to the last message; closing the generator stops the model.

        ``grammar`` (GBNF) constrains the reply where the provider offers that; others leave it out.

        Raises:
            ProviderError: the model cannot be asked, or breaks off.
        """
        ...

    def close(self) -> None:
        """Give back memory and connections."""
        ...
