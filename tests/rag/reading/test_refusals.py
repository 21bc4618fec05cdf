import io
import zipfile

import pytest

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
        ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "a PNG picture is not read; .*OCR"),
        ("photo.txt", b"\xff\xd8\xff\xe0" + bytes(40), "a JPEG picture is not read; .*OCR"),
        ("old.doc", compound("WordDocument"), r"legacy Word file .*LibreOffice"),
        ("old.ppt", compound("PowerPoint Document"), r"legacy PowerPoint file .*LibreOffice"),
        ("locked.docx", compound("EncryptedPackage"), "protected by a password"),
        ("pile.zip", archive(a="x"), "a zip archive is not read; unpack it"),
        ("cut.docx", archive(word__document="x" * 9000)[:60], "damaged"),
        ("text.odt", archive(mimetype="application/vnd.oasis", **{"content.xml": "<a/>"}), "OpenDocument"),
        ("run.exe", b"MZ\x90\x00" + bytes(60), "a program is not read"),
    ],
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
