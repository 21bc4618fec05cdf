"""Saying that the reports do not tell, and what there is instead."""

from __future__ import annotations

from rag.answering.asked import Asked

WORDS = {
    "zh": ("报告中没有找到对这个问题的回答。", "没有关于{}的报告。", "查过{}。", "、"),
    "en": ("The reports do not answer this question.", " There is no report about {}.", " Looked at {}.", ", "),
}
MAX_TITLES = 3


def refusal(asked: Asked) -> str:
    """Return one or two sentences in the question's language: that nothing was found, and where was looked."""
    plain, no_report, looked, comma = WORDS[asked.language]
    text = plain
    if asked.scope.missing:
        text += no_report.format(comma.join(asked.scope.missing))
    titles = [asked.corpus.summaries[key].profile.title for key in asked.scope.report_ids[:MAX_TITLES]]
    quoted = [f"《{title}》" if asked.language == "zh" else f'"{title}"' for title in titles if title]
    return text + looked.format(comma.join(quoted)) if quoted else text
