"""``report-qa model`` in a process of its own, in an empty folder, against a hub on the loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.models.recommended import RECOMMENDED
from tests.rag.models.hub_server import Hub, hub_server

ROOT = Path(__file__).parents[3]
Run = Callable[..., subprocess.CompletedProcess[str]]
NAME = "somebody/Some-GGUF:some.gguf"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    base = {name: value for name, value in os.environ.items() if not name.startswith(("REPORT_QA_", "HF_"))}

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from rag.cli import main; sys.exit(main())", "model", *arguments]
        settings = base | {"PYTHONPATH": str(ROOT)} | environment
        return subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)

    return run


def test_one_command_fetches_a_model_and_sets_it_and_another_takes_it_back(run: Run, tmp_path: Path):
    settings = tmp_path / "report-qa.toml"
    settings.write_text('# ours\nllm_timeout_seconds = 90\ndata_dir = "store"\n', "utf-8")
    path = tmp_path / "store" / "models" / "somebody" / "Some-GGUF" / "some.gguf"
    with hub_server(Hub({"somebody/Some-GGUF": {"some.gguf": b"GGUF" + bytes(1000)}})) as hub:
        done = run("get", NAME, HF_ENDPOINT=hub.address)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"answers: local:{path}" in done.stdout
    assert path.stat().st_size == 1004
    assert settings.read_text("utf-8").startswith("# ours\nllm_timeout_seconds = 90\n")
    listed = run("list").stdout
    assert f"{path}\tset\t0.0 GB" in listed
    assert all(each.name in listed for each in RECOMMENDED)
    assert run("none").returncode == 0
    assert settings.read_text("utf-8") == '# ours\nllm_timeout_seconds = 90\ndata_dir = "store"\n'
    assert f"answers: local:{path}" in run("use", NAME).stdout
    told = run("use", "ollama:qwen3:4b", REPORT_QA_LLM="openai:gpt-4o").stdout
    assert "REPORT_QA_LLM in the environment says otherwise" in told


def test_a_file_of_ones_own_is_used_where_it_lies(run: Run, tmp_path: Path):
    (tmp_path / "mine.gguf").write_bytes(b"GGUF")
    assert f"answers: local:{tmp_path / 'mine.gguf'}" in run("use", "mine.gguf").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("get", "llama"), "give qwen3-1.7b, qwen3-4b, qwen3-8b, or OWNER/REPO:FILE.gguf"),
        (("use", "llama"), "give qwen3-1.7b, qwen3-4b, qwen3-8b, or OWNER/REPO:FILE.gguf"),
        (("use", "qwen3-4b"), "run `report-qa model get qwen3-4b`"),
        (("use", "local:/nowhere/x.gguf"), "names the file /nowhere/x.gguf, which is not there"),
        (("use", "nobody:x"), "nothing here speaks to the provider 'nobody'"),
        (("get", NAME), "the hub has no repository somebody/Some-GGUF"),
        ((), "the following arguments are required: ACTION"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_the_mend_and_changes_nothing(run: Run, tmp_path: Path, arguments, told):
    with hub_server(Hub({})) as hub:
        done = run(*arguments, HF_ENDPOINT=hub.address)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "report-qa.toml").exists()
