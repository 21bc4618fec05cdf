"""The examples of docs/library.md and of the README run as they stand."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage

from tests.api.invented_reports import REPORTS
from tests.rag.library.test_langchain import Agent

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", ["docs/library.md", "README.md"])
def test_the_examples_run(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models_dir: Path, capsys):
    blocks = BLOCK.findall((ROOT / document).read_text("utf-8"))
    assert blocks
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    (tmp_path / "reports").mkdir()
    for name, text in REPORTS.items():
        (tmp_path / "reports" / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORT_QA_MODELS_DIR", str(models_dir))
    call = {"name": "ask_reports", "args": {"question": "枫桐县2031年增长目标？"}, "id": "1", "type": "tool_call"}
    known = {"model": Agent(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("6%左右。")]))}
    try:
        for block in blocks:
            exec(compile(block, document, "exec"), known)
    finally:
        if "qa" in known:
            known["qa"].close()
    assert known["qa"].reports()
    if document == "docs/library.md":
        assert known["answer"].status == "answered"
        assert "245万人次" in capsys.readouterr().out.replace(" ", "")
        assert known["state"]["messages"][-2].artifact[0]["quote"]
