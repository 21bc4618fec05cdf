"""The unpacked model against the engine it comes from, and int8 against float32."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.plain_model import plain_model_folder
from rag.config import Settings
from rag.indexing.bundled_model.container import find_container
from rag.indexing.embedding import Embedder, load_embedder

pytestmark = pytest.mark.slow

TEXTS = [
    "青岚县2031年粮食产量达到十二万吨，比上年增长百分之三点五，其中夏粮四万吨。",
    "云塘区全年新修乡村道路四十公里，改造危桥七座；沿线群众出行更加方便。",
    "全角ＡＢＣ１２３，百分号％，罗马数字Ⅳ，平方米㎡",
    "兩岸同胞共同修築的水利工程已經完成",
    "How many projects worth over one hundred million yuan are planned for next year?",
    "第一行\n第二行\t制表  两个空格",
    "今年力争引进项目二十个，总投资超过六十亿元。" * 8,
]


class Engine:
    """The package's own C engine, by ctypes."""

    def __init__(self, library: Path) -> None:
        self.library = ctypes.CDLL(str(library))
        self.library.e5_load.restype = ctypes.c_void_p
        self.library.e5_load.argtypes = [ctypes.c_char_p]
        self.library.e5_embed.argtypes = [
            ctypes.c_void_p,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.POINTER(ctypes.c_float),
        ]
        self.model = self.library.e5_load(str(find_container()).encode())

    def embed(self, text: str, *, is_query: int) -> NDArray[np.float32]:
        vector = np.empty(384, np.float32)
        pointer = vector.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        self.library.e5_embed(self.model, text.encode(), is_query, pointer)
        return vector


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler on this machine: the engine cannot be built, agreement is NOT tested")
    library = tmp_path_factory.mktemp("engine") / "e5.so"
    source = find_container().with_name("e5.c")
    flags = ["-O2", "-march=native", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, "-o", library, source, "-lm"], check=True, capture_output=True)
    return Engine(library)


@pytest.fixture(scope="module")
def float32(models_dir: Path) -> Embedder:
    folder = plain_model_folder(models_dir)
    with warnings.catch_warnings():
        # Torch warns of its own plans while it is imported.
        warnings.simplefilter("ignore")
        return load_embedder(Settings(models_dir=models_dir, embedding_model=str(folder)))


def cosines(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    return (left * right).sum(axis=1)


def test_passages_in_float32_agree_with_the_engine(engine: Engine, float32: Embedder):
    expected = np.stack([engine.embed(text, is_query=0) for text in TEXTS])
    assert cosines(float32.embed_passages(TEXTS), expected).min() >= 0.999


def test_queries_in_float32_agree_with_the_engine(engine: Engine, float32: Embedder):
    expected = np.stack([engine.embed(text, is_query=1) for text in TEXTS])
    found = np.stack([float32.embed_query(text) for text in TEXTS])
    assert cosines(found, expected).min() >= 0.999


def test_int8_stays_close_to_float32(embedder: Embedder, float32: Embedder):
    assert cosines(embedder.embed_passages(TEXTS), float32.embed_passages(TEXTS)).min() >= 0.997
    for text in TEXTS[:-1]:
        assert float(embedder.embed_query(text) @ float32.embed_query(text)) >= 0.997


def test_a_folder_is_named_without_its_path(float32: Embedder):
    assert float32.name == "multilingual-e5-small-plain/torch-float32"
    assert float32.dimension == 384
    assert float32.embed_passages([]).shape == (0, 384)
