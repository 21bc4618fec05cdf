from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rag.config import load_settings
from rag.errors import ConfigurationError, StorageError
from rag.models.choosing import FILE, set_model

WRITTEN = """# our settings
data_dir = "reports"   # on the big disk
llm = "openai:gpt-4o" # for now

# kept for later
max_file_bytes = 1_000_000
"""


def test_the_other_lines_and_the_comments_stay(tmp_path: Path):
    path = tmp_path / FILE
    path.write_text(WRITTEN, "utf-8")
    assert set_model("local:/models/a.gguf", tmp_path) == path
    assert path.read_text("utf-8") == WRITTEN.replace("openai:gpt-4o", "local:/models/a.gguf")
    set_model(None, tmp_path)
    assert path.read_text("utf-8") == "".join(line for line in WRITTEN.splitlines(True) if not line.startswith("llm"))
    assert load_settings({}, folder=tmp_path).llm is None


def test_a_file_is_made_where_there_is_none_and_only_its_owner_reads_it(tmp_path: Path):
    path = set_model('ollama:with "quotes" \\', tmp_path)
    assert load_settings({}, folder=tmp_path).llm == 'ollama:with "quotes" \\'
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_a_file_stays_as_private_as_it_was(tmp_path: Path):
    path = tmp_path / FILE
    path.write_text('api_key = "secret"\n', "utf-8")
    path.chmod(0o640)
    set_model("ollama:x", tmp_path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert tomllib.loads(path.read_text("utf-8")) == {"api_key": "secret", "llm": "ollama:x"}


def test_a_settings_file_that_is_a_link_stays_one(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / FILE).symlink_to(tmp_path / "real" / FILE)
    set_model("ollama:x", tmp_path / "here")
    assert (tmp_path / "here" / FILE).is_symlink()
    assert load_settings({}, folder=tmp_path / "real").llm == "ollama:x"


def test_a_file_that_is_no_toml_is_left_alone(tmp_path: Path):
    (tmp_path / FILE).write_text("llm = \n", "utf-8")
    with pytest.raises(ConfigurationError, match="mend that line"):
        set_model("ollama:x", tmp_path)
    assert (tmp_path / FILE).read_text("utf-8") == "llm = \n"


def test_a_folder_that_is_not_there_is_told_with_the_other_way(tmp_path: Path):
    with pytest.raises(StorageError, match="set REPORT_QA_LLM=ollama:x instead"):
        set_model("ollama:x", tmp_path / "nowhere")
