"""ZIP archives: in folders and as uploads."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest

from rag.errors import UnreadableFileError
from rag.ingesting.candidates import Candidate, Refused, make_candidate
from rag.ingesting.unpacking import unpack
from rag.ingesting.uploads import JobQueue
from rag.reading import read_document
from rag.storing.job_table import JobTable
from rag.storing.upload_table import UploadTable
from rag.types import Job
from tests.rag.invented import body
from tests.rag.workshop import Workshop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    return made


def zipped(members: dict[str, str | bytes], *, encoding: str = "") -> bytes:
    """Pack members; with an ``encoding``, names are written in it and not marked as UTF-8, as older programs do."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.encode(encoding).decode("cp437") if encoding else name, content)
    content = packed.getvalue()
    return _without_utf8_marks(content, encoding) if encoding else content


def _without_utf8_marks(content: bytes, encoding: str) -> bytes:
    """Write the names anew in ``encoding``: zipfile itself marks every name that is no ASCII as UTF-8."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [each.filename for each in archive.infolist()]
    for name in names:
        wide, narrow = name.encode("utf-8"), name.encode("cp437")
        content = content.replace(wide, narrow + b"_" * (len(wide) - len(narrow)))
    flag = struct.pack("<H", 0x800)
    return content.replace(b"PK\x03\x04\x14\x00" + flag, b"PK\x03\x04\x14\x00\0\0").replace(
        b"PK\x01\x02\x14\x03\x14\x00" + flag, b"PK\x01\x02\x14\x03\x14\x00\0\0"
    )


def sources(workshop: Workshop) -> list[str]:
    return [each.source for each in workshop.catalogue.reports()]


def members_of(content: bytes, *, max_bytes: int = 10**6) -> list[Candidate | Refused]:
    return list(unpack(make_candidate("/in/a.zip", "a.zip", content), max_bytes=max_bytes))


def test_each_member_is_a_report_named_after_its_archive(workshop: Workshop, folder: Path):
    packed = zipped({"a.txt": body("青岚县", 2031), "older/b.txt": body("白鹿市", 2031), "older/": ""})
    (folder / "pack.zip").write_bytes(packed)
    summary = workshop.ingester.ingest([folder])
    assert sources(workshop) == ["pack.zip/a.txt", "pack.zip/older/b.txt"]
    assert summary.new == (f"{folder}/pack.zip/a.txt", f"{folder}/pack.zip/older/b.txt")
    again = workshop.ingester.ingest([folder], prune=True)
    assert (again.unchanged, again.removed) == (summary.new, ())


def test_what_left_an_archive_is_pruned_with_it(workshop: Workshop, folder: Path):
    (folder / "pack.zip").write_bytes(zipped({"a.txt": body("青岚县", 2031), "b.txt": body("白鹿市", 2031)}))
    workshop.ingester.ingest([folder])
    (folder / "pack.zip").write_bytes(zipped({"b.txt": body("白鹿市", 2031)}))
    workshop.ingester.ingest([folder], prune=True)
    assert sources(workshop) == ["pack.zip/b.txt"]
    (folder / "pack.zip").unlink()
    workshop.ingester.ingest([folder], prune=True)
    assert sources(workshop) == []


def test_progress_ends_where_all_members_are_counted(workshop: Workshop, folder: Path):
    (folder / "a.txt").write_text(body("石桥区", 2029))
    (folder / "pack.zip").write_bytes(zipped({f"{n}.txt": body(f"青岚{n}县", 2031) for n in "甲乙丙"}))
    told = []
    workshop.ingester.ingest([folder], on_progress=told.append)
    assert (told[-1].files_done, told[-1].files_total, told[-1].seconds_left) == (4, 4, 0)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_a_mark_are_read_as_they_were_meant(encoding: str):
    (member,) = members_of(zipped({"云汀县.txt": "x"}, encoding=encoding))
    assert member.source.rstrip("_") == "a.zip/云汀县.txt"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "/etc/passwd.txt", "..\\..\\etc\\passwd.txt", "./etc//passwd.txt", "etc/./passwd.txt"],
)
def test_threat_a_members_name_is_no_path(name: str, tmp_path: Path, workshop: Workshop, folder: Path):
    (folder / "pack.zip").write_bytes(zipped({name: body("青岚县", 2031)}))
    before = sorted(tmp_path.rglob("*"))
    workshop.ingester.ingest([folder])
    (source,) = sources(workshop)
    assert source in ("pack.zip/etc/passwd.txt",)
    assert {each for each in tmp_path.rglob("*") if "data" not in each.parts} == {
        each for each in before if "data" not in each.parts
    }


def test_hidden_members_and_what_a_mac_adds_are_passed_over_and_a_sidecar_is_read():
    packed = zipped({"__MACOSX/._a.txt": "x", ".DS_Store": "x", "a.txt": "text", "a.txt.meta.toml": "year = 2031"})
    (member,) = members_of(packed)
    assert (member.source, member.sidecar) == ("a.zip/a.txt", b"year = 2031")


def test_threat_a_bomb_a_damaged_and_a_protected_archive_are_refused_whole():
    bomb = zipped({f"{n}.txt": bytes(150_000_000) for n in range(4)})
    assert len(bomb) < 2_000_000
    protected = bytearray(zipped({"a.txt": "text"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        protected[protected.index(mark) + offset] |= 1
    damaged = zipped({"a.txt": "text" * 1000})
    damaged = damaged[:40] + bytes(20) + damaged[60:]
    for content, reason in ((bomb, "decompression bomb"), (bytes(protected), "password"), (damaged, "damaged")):
        (refused,) = members_of(content)
        assert isinstance(refused, Refused)
        assert (refused.path, refused.source) == ("/in/a.zip", "a.zip")
        assert reason in refused.reason


def test_threat_more_entries_than_anybody_packs_are_refused():
    (refused,) = members_of(zipped({f"{n}.txt": "" for n in range(10_001)}))
    assert "10001 entries" in refused.reason


def test_a_member_that_is_too_large_or_empty_is_refused_by_name_and_the_others_are_taken():
    found = members_of(zipped({"big.txt": "x" * 2000, "empty.txt": "", "fine.txt": "text"}), max_bytes=1000)
    assert [type(each) for each in found] == [Refused, Refused, Candidate]
    assert [each.reason.split(":")[0] for each in found[:2]] == ["a.zip/big.txt", "a.zip/empty.txt"]


def test_an_archive_in_an_archive_is_refused_and_a_document_in_one_is_none():
    document = zipped({"word/document.xml": "<w/>"})
    found = members_of(zipped({"inner.zip": zipped({"a.txt": "text"}), "letter.docx": document}))
    assert [each.content for each in found] == [zipped({"a.txt": "text"}), document]
    with pytest.raises(UnreadableFileError, match="a zip archive in another is not read; unpack it"):
        read_document(found[0].content, found[0].source)


def test_an_archive_without_files_says_so():
    (refused,) = members_of(zipped({"empty/": ""}))
    assert "no files in the archive" in refused.reason


def finished(queue: JobQueue, job_id: str) -> Job:
    deadline = time.monotonic() + 60
    while (job := queue.job(job_id)).status in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job


def test_an_uploaded_archive_is_taken_in_and_its_job_tells_what_was_refused(workshop: Workshop):
    database = workshop.catalogue.database
    queue = JobQueue(JobTable(database), UploadTable(database), workshop.ingester)
    queue.start()
    try:
        job = finished(queue, queue.submit("pack.zip", zipped({"a.txt": body("青岚县", 2031), "b.txt": ""})))
        assert (job.status, job.report_id) == ("done", None)
        assert job.reason.startswith("pack.zip/b.txt: the file is empty")
        assert sources(workshop) == ["pack.zip/a.txt"]
        nothing = finished(queue, queue.submit("pack.zip", zipped({"b.txt": ""})))
        assert (nothing.status, nothing.report_id) == ("refused", None)
    finally:
        queue.close()
