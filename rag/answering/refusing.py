"""Saying that the reports do not tell, and what there is instead."""

from __future__ import annotations

from rag.answering.asked import Asked
from rag.language.scripts import wordings

MAX_TITLES = 3


def refusal(asked: Asked) -> str:
    """Return one or two sentences in the question's language: that nothing was found, and where was looked."""
    words = wordings(asked.language)
    text: str = words["not_found"]
    if asked.scope.missing:
        text += words["no_report"].format(words["comma"].join(asked.scope.missing))
    titles = [asked.corpus.summaries[key].profile.title for key in asked.scope.report_ids[:MAX_TITLES]]
    quoted = [words["title"].format(title) for title in titles if title]
    return text + words["looked"].format(words["comma"].join(quoted)) if quoted else text
