import contextlib
import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import UnreadableFileError
from rag.reading import check_size, read_document
from rag.reading.archives import MAX_ENTRIES

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(**entries):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def compound(stream):
    name = stream.encode("utf-16-le") + b"\x00\x00"
    entry = name.ljust(64, b"\x00") + len(name).to_bytes(2, "little") + b"\x02"
    return (COMPOUND.ljust(512, b"\x00") + entry.ljust(128, b"\x00")).ljust(2048, b"\x00")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("blank.txt", b" \n\t\n", "there is no text"),
        ("marks.md", "——\n***\n".encode(), "there is no text"),
        ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "the picture is damaged; scan"),
        ("photo.txt", b"\xff\xd8\xff\xe0" + bytes(40), "the picture is damaged; scan"),
        ("old.doc", compound("WordDocument"), "LibreOffice"),
        ("old.ppt", compound("PowerPoint Document"), r"legacy PowerPoint file .*LibreOffice"),
        ("locked.docx", compound("EncryptedPackage"), "protected by a password"),
        ("pile.zip", archive(a="x"), "a zip archive in another is not read; unpack it"),
        ("cut.docx", archive(word__document="x" * 9000)[:60], "damaged"),
        ("text.odt", archive(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "<a/>"}), "damaged"),
        ("list.jsonl", '{"file": "a.txt", "place": "青岚县"}\n{"file": "b.txt"}\n'.encode(), "JSON file is not read"),
        ("rows.txt", b'[\n  {"year": 2031}\n]\n', "JSON file is not read"),
        ("run.exe", b"MZ\x90\x00" + bytes(60), "a program is not read"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,  # an archive holds the time it is made
)
def test_refuses_with_name_reason_and_mend_in_one_line(name, content, reason):
    with pytest.raises(UnreadableFileError, match=f"^{name}: .*{reason}") as caught:
        read_document(content, name)
    message = str(caught.value)
    assert "\n" not in message
    assert "; " in message


def test_refuses_a_decompression_bomb_before_opening_it():
    bomb = archive(word__document="x", **{"word/document.xml": bytes(60_000_000)})
    with pytest.raises(UnreadableFileError, match="decompression bomb"):
        read_document(bomb, "bomb.docx")


def test_refuses_an_archive_of_too_many_entries():
    with pytest.raises(UnreadableFileError, match="entries"):
        read_document(archive(**{f"n{number}": "" for number in range(MAX_ENTRIES + 1)}), "many.docx")


def test_never_uses_a_name_as_a_path():
    with pytest.raises(UnreadableFileError, match=r"^passwd: "):
        read_document(b"", "../../etc/passwd")


def test_refuses_a_file_over_the_limit():
    with pytest.raises(UnreadableFileError, match=r"big\.txt: 200,000,000 bytes, the limit is 100,000,000"):
        check_size(200_000_000, "big.txt", max_bytes=100_000_000)


def test_reads_text_that_begins_like_a_binary():
    assert read_document(b"BM is short for benchmark.", "a.txt").text == "BM is short for benchmark."


def test_refuses_an_office_file_with_a_damaged_part():
    whole = archive(**{"word/document.xml": "<a/>" * 500})
    place = whole.index(b"word/document.xml") + 20
    with pytest.raises(UnreadableFileError, match=r"a\.docx: the file is damaged"):
        read_document(whole[:place] + b"\xff\xff\xff\xff" + whole[place + 4 :], "a.docx")


def test_does_not_expand_entities_inside_a_docx():
    stream = io.BytesIO()
    docx.Document().save(stream)
    with zipfile.ZipFile(stream) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    entity = b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd"><!ENTITY lol "hahaha">]>'
    document = parts["word/document.xml"].replace(b"?>", b"?>" + entity, 1)
    words = "<w:p><w:r><w:t>正文&lol;&secret;结束</w:t></w:r></w:p><w:p><w:r><w:t>第二段</w:t></w:r></w:p>"
    parts["word/document.xml"] = document.replace(b"<w:body>", b"<w:body>" + words.encode(), 1)
    text = read_document(archive(**parts), "a.docx").text
    assert "hahaha" not in text
    assert "root:" not in text
    assert "第二段" in text


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    for name in ("a.txt", "a.html", "a.csv", "a.md"):
        with contextlib.suppress(UnreadableFileError):
            assert read_document(content, name).text.strip()


@settings(deadline=None, derandomize=True)
@given(
    st.sampled_from([b"%PDF-1.4\n", b"PK\x03\x04", b"{\\rtf1", COMPOUND, b"<html>", b"<?xml?>"]),
    st.binary(max_size=300),
)
def test_any_bytes_behind_a_known_signature_are_read_or_refused(signature, content):
    with contextlib.suppress(UnreadableFileError):
        assert read_document(signature + content, "a").text.strip()
