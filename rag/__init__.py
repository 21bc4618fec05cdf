"""report-qa: answers about government reports, with the figure, the place, the period and the proof.

``from rag import ReportQA`` opens a folder of reports in a program or a notebook. ``__all__`` is what to rely on, with
:mod:`rag.types` for the values it gives and :mod:`rag.errors` for what it raises. Nothing is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.library.answers import ReportAnswer, ReportTable
    from rag.library.langchain import ReportRetriever, report_tool
    from rag.library.report_qa import ReportQA

__all__ = ["ReportAnswer", "ReportQA", "ReportRetriever", "ReportTable", "report_tool"]

_MODULES = {
    "ReportAnswer": "answers",
    "ReportQA": "report_qa",
    "ReportRetriever": "langchain",
    "ReportTable": "answers",
    "report_tool": "langchain",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(f"rag.library.{_MODULES[name]}"), name)
