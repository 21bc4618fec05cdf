"""From OpenAI's messages to a question, the turns before it, and what the system message wishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.chat.linking import plain
from api.schemas import MAX_ANSWER_CHARS, MAX_TURNS, MessageIn
from rag.errors import BadInputError
from rag.types import Turn

MAX_WISHES_CHARS = 1_000
SOURCES_RULE = "\n\n---\n"


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last user message, the turns before it, oldest first, and what system messages say."""

    question: str
    history: tuple[Turn, ...]
    wishes: str


def read_conversation(messages: Sequence[MessageIn]) -> Conversation:
    """Read a conversation: several messages of one role in a row are one, other roles are left out.

    Raises:
        BadInputError: the last message is not the user's.
    """
    spoken: list[tuple[str, str]] = []
    for message in messages:
        if message.role not in {"user", "assistant"}:
            continue
        text = own_words(message.text()) if message.role == "user" else without_sources(message.text())
        before = spoken.pop()[1] + "\n" if spoken and spoken[-1][0] == message.role else ""
        spoken.append((message.role, (before + text).strip()))
    if not spoken or spoken[-1][0] != "user":
        raise BadInputError("messages: the last one must have the role user")
    pairs = [(asked[1], told[1]) for asked, told in pairwise(spoken) if asked[0] == "user"]
    turns = [Turn(asked[:MAX_ANSWER_CHARS], told[:MAX_ANSWER_CHARS]) for asked, told in pairs[-MAX_TURNS:]]
    wishes = "\n".join(each.text() for each in messages if each.role in {"system", "developer"})
    return Conversation(spoken[-1][1], tuple(turns), wishes.strip()[:MAX_WISHES_CHARS])


def own_words(text: str) -> str:
    """Return what the user typed, without what Open WebUI found in files or on the web and put before it."""
    head, _, typed = text.rpartition("</context>")
    if not head.lstrip().startswith("### Task:"):
        return text
    return typed.strip().removeprefix("<user_query>").removesuffix("</user_query>").strip() or text


def without_sources(text: str) -> str:
    """Return an earlier answer of ours as it was before its markers became links."""
    return plain(text.partition(SOURCES_RULE)[0])
