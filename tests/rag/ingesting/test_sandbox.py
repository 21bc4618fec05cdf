import os
import signal
import subprocess
import time
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from rag.errors import UnreadableFileError
from rag.ingesting.sandbox import ParserPool
from rag.reading import read_document

MEMORY_BYTES = 1_000_000_000
PARSERS = """
import os, sys, time, subprocess
from rag.errors import UnreadableFileError
from rag.reading.formats import on_page

def parse(content, name):
    order = content.decode()
    if order == "sleep":
        time.sleep(60)
    if order == "pages":
        for number in range(4):
            time.sleep(1)
            on_page.get()(number + 1, 4)
    if order == "eat":
        return len(bytearray(3_000_000_000))
    if order == "crash":
        os.abort()
    if order == "bug":
        raise KeyError("no such style")
    if order == "deep":
        return parse_deep(0)
    if order == "print":
        print("noise on standard output")
        os.write(1, b"more noise")
    if order == "hostile":
        return Hostile()
    return f"{os.getpid()} {name}"

def parse_deep(depth):
    return parse_deep(depth + 1)

class Hostile:
    def __reduce__(self):
        return os.system, ("true",)
"""


@pytest.fixture
def parse(tmp_path, monkeypatch):
    (tmp_path / "wild_parsers.py").write_text(PARSERS, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import wild_parsers

    return wild_parsers.parse


@pytest.fixture
def pool(parse):
    with ParserPool(1, 5, MEMORY_BYTES, work=parse) as pool:
        yield pool


def test_reads_in_another_process_and_reuses_it(pool):
    first = pool.submit(b"", "a.txt").result().split()
    second = pool.submit(b"", "b.txt").result().split()
    assert first == [second[0], "a.txt"]
    assert second[1] == "b.txt"
    assert first[0] != str(os.getpid())


def test_reads_real_documents_with_all_their_parts():
    with ParserPool(2, 30, MEMORY_BYTES, work=read_document) as pool:
        files = [("a.md", "# 标题\n\n正文。".encode()), ("b.csv", "甲,乙\n一,二\n".encode())]
        futures = [pool.submit(content, name) for name, content in files]
        assert [future.result() for future in futures] == [read_document(content, name) for name, content in files]


def test_passes_a_refusal_on_with_its_words():
    with ParserPool(1, 30, MEMORY_BYTES, work=read_document) as pool:
        refused = pool.submit(b"", "a.txt")
        with pytest.raises(UnreadableFileError, match=r"^a\.txt: the file is empty; "):
            refused.result()


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("eat", "needs more than 1,000,000,000 bytes of memory"),
        ("crash", f"ended by signal {signal.SIGABRT}"),
        ("bug", "the parser failed .*no such style"),
        ("deep", "nested too deeply"),
    ],
)
def test_loses_one_file_to_a_bad_parser_and_goes_on(pool, order, reason):
    with pytest.raises(UnreadableFileError, match=rf"^bad\.pdf: .*{reason}.*; "):
        pool.submit(order.encode(), "bad.pdf").result()
    assert pool.submit(b"", "good.pdf").result().endswith("good.pdf")


def test_ends_a_parser_that_takes_too_long(parse):
    started = time.monotonic()
    with ParserPool(1, 1, MEMORY_BYTES, work=parse) as pool:
        with pytest.raises(UnreadableFileError, match=r"^slow\.pdf: reading took longer than 1 seconds; "):
            pool.submit(b"sleep", "slow.pdf").result()
        assert pool.submit(b"", "good.pdf").result().endswith("good.pdf")
    assert time.monotonic() - started < 10


def test_is_not_confused_by_what_a_parser_prints(pool):
    assert pool.submit(b"print", "a.txt").result().endswith("a.txt")


def test_unpickles_nothing_that_could_run(pool):
    with pytest.raises(UnreadableFileError, match="not a plain value"):
        pool.submit(b"hostile", "evil.pdf").result()


def test_drops_what_waits_when_closed(parse):
    pool = ParserPool(1, 2, MEMORY_BYTES, work=parse)
    running, waiting = pool.submit(b"sleep", "a.txt"), pool.submit(b"", "b.txt")
    while not running.running():
        time.sleep(0.01)
    pool.close()
    with pytest.raises(CancelledError):
        waiting.result()


def test_stops_a_decompression_bomb_that_lies_about_its_size():
    """A PDF stream declares no unpacked size; only the memory limit of the process stops it."""
    import zlib

    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(10_000_000)) for _ in range(70)) + packer.flush()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    bodies = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page]
    bodies.append(b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(bomb), bomb))
    content = b"%PDF-1.5\n" + b"".join(b"%d 0 obj\n%b\nendobj\n" % pair for pair in enumerate(bodies, 1))
    with ParserPool(1, 30, MEMORY_BYTES // 2, work=read_document) as pool:
        with pytest.raises(UnreadableFileError, match=r"^bomb\.pdf: "):
            pool.submit(content + b"trailer<</Root 1 0 R>>", "bomb.pdf").result()
        assert pool.submit("好。".encode(), "a.txt").result().text == "好。"


def test_the_time_limit_is_one_for_each_page_that_is_told_of(parse):
    told = []
    with ParserPool(1, 3, MEMORY_BYTES, work=parse) as pool:
        pool.submit(b"", "first.pdf").result()  # the process has started before the clock runs
        assert pool.submit(b"pages", "a.pdf", on_page=lambda *page: told.append(page)).result().endswith("a.pdf")
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


ROOT = Path(__file__).parents[3]
OLD_PYTHON = Path("/usr/bin/python3.11")  # Debian's is 3.11.2, whose enumerations are pickled by getattr


@pytest.mark.skipif(not OLD_PYTHON.exists(), reason="no /usr/bin/python3.11 on this machine")
def test_what_a_parser_sends_is_plain_with_the_first_python_that_will_do_too():
    source = (
        "import pickle, rag.types as t; print(b'getattr' in pickle.dumps([*t.Reading, *t.Format, *t.ReportKind], 5))"
    )
    done = subprocess.run([OLD_PYTHON, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
