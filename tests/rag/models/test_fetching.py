from __future__ import annotations

import hashlib
import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import BadInputError, StorageError, UnreachableError
from rag.models.fetching import fetch
from rag.models.recommended import RECOMMENDED, HubFile, find_file
from tests.rag.models.hub_server import COMMIT, Hub, hub_server

CONTENT = b"GGUF" + random.Random(1).randbytes(3_000_000)
WANTED = HubFile("somebody/Some-GGUF", "some-Q4_K_M.gguf")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library keeps what has come in pieces of 10 MB; no test waits a second before it tries again."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 100_000)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = {
        "somebody/Some-GGUF": {"some-Q4_K_M.gguf": CONTENT, "sub/other.gguf": b"GGUFother", "README.md": b"# Some"}
    }
    with hub_server(Hub(files)) as hub:
        yield hub


def ranges(hub: Hub) -> list[str]:
    return [span for asked, span in hub.asked if "/stored/" in asked]


def test_a_file_comes_whole_and_of_the_commit_that_was_described(hub: Hub, tmp_path: Path):
    path = fetch(WANTED, tmp_path, endpoint=hub.address)
    assert path == tmp_path / "somebody" / "Some-GGUF" / "some-Q4_K_M.gguf"
    assert path.read_bytes() == CONTENT
    assert f"GET /somebody/Some-GGUF/resolve/{COMMIT}/some-Q4_K_M.gguf" in [asked for asked, _ in hub.asked]
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [path]


def test_a_file_that_is_there_is_not_fetched_again_and_a_damaged_one_is(hub: Hub, tmp_path: Path):
    path = fetch(WANTED, tmp_path, endpoint=hub.address)
    fetch(WANTED, tmp_path, endpoint=hub.address)
    assert len(ranges(hub)) == 1
    path.write_bytes(CONTENT[:-1] + b"x")
    assert fetch(WANTED, tmp_path, endpoint=hub.address).read_bytes() == CONTENT
    assert len(ranges(hub)) == 2


def test_what_breaks_off_goes_on_where_it_broke(hub: Hub, tmp_path: Path):
    hub.break_after = [1_000_000, 500_000]
    assert fetch(WANTED, tmp_path, endpoint=hub.address).read_bytes() == CONTENT
    starts = [int(re.search(r"\d+", span).group()) for span in ranges(hub)[1:]]
    assert starts == sorted(starts)
    assert 0 < starts[0] <= 1_000_000 < starts[1] <= 1_500_000


def test_a_later_run_goes_on_with_what_an_earlier_one_left(hub: Hub, tmp_path: Path):
    hub.break_after = [1_000_000] + [0] * 5
    with pytest.raises(UnreachableError, match=r"after 0\.00 GB, which are kept"):
        fetch(WANTED, tmp_path, endpoint=hub.address)
    (part,) = (each for each in tmp_path.rglob("*.part"))
    kept = part.stat().st_size
    assert 0 < kept <= 1_000_000
    hub.asked.clear()
    assert fetch(WANTED, tmp_path, endpoint=hub.address).read_bytes() == CONTENT
    assert ranges(hub) == [f"bytes={kept}-"]


def test_threat_other_bytes_than_the_hub_describes_are_refused_and_deleted(hub: Hub, tmp_path: Path):
    hub.told_hashes["some-Q4_K_M.gguf"] = "0" * 64
    with pytest.raises(UnreachableError, match="as the hub describes it"):
        fetch(WANTED, tmp_path, endpoint=hub.address)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_file_of_another_size_is_refused(hub: Hub, tmp_path: Path):
    hub.told_sizes["some-Q4_K_M.gguf"] = len(CONTENT) + 1
    with pytest.raises(UnreachableError, match="as the hub describes it"):
        fetch(WANTED, tmp_path, endpoint=hub.address)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_threat_a_mirror_cannot_pass_another_file_for_a_recommended_one(tmp_path: Path):
    first = RECOMMENDED[0].file
    with hub_server(Hub({first.repo: {first.path: b"GGUF something else"}})) as mirror:
        with pytest.raises(BadInputError, match="not the one that was recommended"):
            fetch(first, tmp_path, endpoint=mirror.address)
        named = find_file(f"{first.repo}:{first.path}")
        assert fetch(named, tmp_path, endpoint=mirror.address).read_bytes() == b"GGUF something else"


def test_threat_a_path_on_the_hub_is_no_path_here(tmp_path: Path):
    escaping = {"somebody/Some-GGUF": {"../../../../escaped.gguf": b"GGUF"}}
    folder = tmp_path / "a" / "b"
    with hub_server(Hub(escaping)) as hub, pytest.raises((BadInputError, UnreachableError)):
        fetch(HubFile("somebody/Some-GGUF", "../../../../escaped.gguf"), folder, endpoint=hub.address)
    for repo in ("../..", "a/..", "somebody/../x", "/etc"):
        with hub_server(Hub(escaping)) as hub, pytest.raises(BadInputError, match="has no repository"):
            fetch(HubFile(repo, "x.gguf"), folder, endpoint=hub.address)
    assert not [each for each in tmp_path.rglob("*.gguf") if folder not in each.parents]


def test_a_wrong_name_is_answered_with_the_right_ones(hub: Hub, tmp_path: Path):
    with pytest.raises(BadInputError, match=r"it has some-Q4_K_M\.gguf, sub/other\.gguf"):
        fetch(HubFile("somebody/Some-GGUF", "some-Q5.gguf"), tmp_path, endpoint=hub.address)
    with pytest.raises(BadInputError, match="no repository somebody/Other"):
        fetch(HubFile("somebody/Other", "x.gguf"), tmp_path, endpoint=hub.address)
    with pytest.raises(BadInputError, match=r"qwen3-1.7b, qwen3-4b, qwen3-8b, or OWNER/REPO:FILE.gguf"):
        find_file("llama")
    hub.gated.add("somebody/Some-GGUF")
    with pytest.raises(BadInputError, match="set HF_TOKEN"):
        fetch(WANTED, tmp_path, endpoint=hub.address)


def test_one_part_of_several_is_refused_before_it_comes(tmp_path: Path):
    parts = {"a/B": {"b-00001-of-00002.gguf": b"GGUF", "b-00002-of-00002.gguf": b"GGUF"}}
    with hub_server(Hub(parts)) as hub, pytest.raises(BadInputError, match="one part of several"):
        fetch(HubFile("a/B", "b-00001-of-00002.gguf"), tmp_path, endpoint=hub.address)


def test_a_disk_without_room_is_told_before_a_byte_comes(hub: Hub, tmp_path: Path):
    hub.told_sizes["some-Q4_K_M.gguf"] = 10**15
    with pytest.raises(StorageError, match=r"1000000\.0 GB are to come and .* GB are free .*REPORT_QA_DATA_DIR"):
        fetch(WANTED, tmp_path, endpoint=hub.address)
    assert ranges(hub) == []


def test_a_folder_that_cannot_be_written_is_told(hub: Hub, tmp_path: Path):
    (tmp_path / "somebody").write_bytes(b"a file where a folder should be")
    with pytest.raises(StorageError, match="cannot write"):
        fetch(WANTED, tmp_path, endpoint=hub.address)


def test_without_a_network_the_error_says_what_to_do(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnreachableError, match=r"HF_ENDPOINT.*`report-qa model use FILE`"):
        fetch(WANTED, tmp_path, endpoint=address)


def test_every_recommended_file_has_a_name_a_hash_and_fits_a_usual_machine():
    for each in RECOMMENDED:
        assert find_file(each.name) == each.file
        assert len(bytes.fromhex(each.file.sha256)) == hashlib.sha256().digest_size
        assert 1e9 < each.num_bytes < each.memory_gb * 1e9 < 8e9
