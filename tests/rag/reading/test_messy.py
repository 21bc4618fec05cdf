"""The files of a records office, as they really come; they are not part of this repository."""

import os
from pathlib import Path

import pytest

from eval.run_messy import load_expectations, read_all
from rag.reading import read_document

CORPUS = os.environ.get("REPORT_QA_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="REPORT_QA_CORPUS does not name a folder with messy/ and corpus/")


@pytest.fixture(scope="module")
def fates():
    return {fate.file: fate for fate in read_all(Path(CORPUS) / "messy")}


@pytest.mark.parametrize("file", [expected.file for expected in load_expectations()])
def test_messy_file_is_read_or_refused_as_it_should_be(fates, file):
    assert fates[file].faults == ()


def test_every_messy_file_is_expected():
    folder = Path(CORPUS) / "messy"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found - {"manifest.jsonl"} == {expected.file for expected in load_expectations()}


def test_reads_every_report_without_loss():
    for path in (Path(CORPUS) / "corpus").rglob("*.txt"):
        source = read_document(path.read_bytes(), path.name)
        assert source.warnings == ()
        assert source.text == path.read_text("utf-8-sig").replace("\r\n", "\n")


def test_one_report_reads_alike_in_every_encoding():
    path = sorted((Path(CORPUS) / "corpus" / "seeds").glob("*.txt"))[0]
    text = read_document(path.read_bytes(), path.name).text
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"):
        assert read_document(text.encode(encoding), path.name).text == text
