"""What Open WebUI asks besides questions: titles, tags, follow-ups, search queries. Code answers, in the shape wanted.

Told by the form of its prompts, which ask for one key of a JSON object. Source: open-webui, its ``config.py``,
``DEFAULT_…_GENERATION_PROMPT_TEMPLATE``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.chat.conversation import own_words
from api.examples import find_follow_ups
from api.schemas import MessageIn
from rag.service import Service
from rag.types import Understood

KEY = re.compile(r'"(title|tags|follow_ups|queries|text)"\s*:')
SAID = re.compile(r"^(USER|ASSISTANT|SYSTEM|TOOL): ", re.MULTILINE)
TOOL_CHOICE = "Available Tools:"
NO_TAGS = ["General"]
MAX_TITLE_CHARS = 40
MAX_TAGS = 6


@dataclass(frozen=True, slots=True)
class Task:
    """Which key of a JSON object is wanted, and what the user asked so far, oldest first."""

    key: str
    questions: tuple[str, ...]


def read_task(messages: Sequence[MessageIn]) -> Task | None:
    """Return what a request asks for that is no question about the reports; None where it is one."""
    if any(each.role == "system" and each.text().lstrip().startswith(TOOL_CHOICE) for each in messages):
        return Task("tool_calls", ())
    prompt, _, rest = messages[-1].text().partition("<chat_history>")
    chat, end, _ = rest.rpartition("</chat_history>")
    key = KEY.search(prompt) if end and prompt.lstrip().startswith("### Task:") else None
    if key is None:
        return None
    said = SAID.split(chat.strip())
    questions = [own_words(text.strip()) for role, text in zip(said[1::2], said[2::2], strict=True) if role == "USER"]
    return Task(key[1], tuple(filter(None, questions)))


def perform(task: Task, service: Service, *, max_question_chars: int) -> str:
    """Return the JSON object: no search is needed, no tool is chosen, and no sentence is continued for the user."""
    meant = []
    if task.key in {"tags", "follow_ups"}:
        meant = [_understood(question[:max_question_chars], service) for question in task.questions]
    values: dict[str, object] = {
        "title": _title(task.questions),
        "tags": _tags(meant),
        "follow_ups": find_follow_ups(service, meant[-1]) if meant else [],
        "queries": [],
        "text": "",
        "tool_calls": [],
    }
    return json.dumps({task.key: values[task.key]}, ensure_ascii=False)


def _title(questions: Sequence[str]) -> str:
    """Return the first question without its end, cut where it is long."""
    text = " ".join(questions[0].split()).rstrip("?？。.!！…") if questions else ""
    return text if len(text) <= MAX_TITLE_CHARS else text[: MAX_TITLE_CHARS - 1].rstrip() + "…"


def _tags(meant: Sequence[Understood]) -> list[str]:
    """Return the places and years that the questions name."""
    named = [str(name) for each in meant for name in (*each.places, *each.years)]
    return list(dict.fromkeys(named))[:MAX_TAGS] or NO_TAGS


def _understood(question: str, service: Service) -> Understood:
    """Return what a question means: the first step of an answer, for which no model is asked."""
    value = next(service.stream(question)).value
    assert isinstance(value, Understood)
    return value
