"""ZIP archives: each member is a file of its own, with the source ``archive.zip/name``. Names are data, never paths."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from rag.errors import UnreadableFileError
from rag.ingesting.candidates import MAX_SIDECAR_BYTES, Candidate, Refused, make_candidate
from rag.reading import check_size
from rag.reading.archives import DAMAGE, check_archive
from rag.reading.sidecar import SUFFIX
from rag.reading.sniffing import is_archive

UTF8_NAME = 0x800
NO_NAMES = frozenset({"", ".", ".."})


def unpack(candidate: Candidate, *, max_bytes: int) -> Iterator[Candidate | Refused]:
    """Yield the members of an archive, one at a time in memory, or the candidate itself where it is none.

    Hidden members and sidecars are passed over; a bomb, a damaged or a protected archive is refused as a whole.
    """
    if not is_archive(candidate.content):
        yield candidate
        return
    try:
        check_archive(candidate.content, candidate.source)
        with zipfile.ZipFile(io.BytesIO(candidate.content)) as archive:
            members = {_name(each): each for each in archive.infolist() if not each.is_dir()}
            wanted = [name for name in members if not _is_left_out(name)]
            if not wanted:
                raise UnreadableFileError(f"{candidate.source}: there are no files in the archive")
            yield from (_read(archive, members, name, candidate, max_bytes) for name in wanted)
    except UnreadableFileError as error:
        yield Refused(candidate.path, candidate.source, str(error))


def _read(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str, whole: Candidate, max_bytes: int
) -> Candidate | Refused:
    path, source = f"{whole.path}/{name}", f"{whole.source}/{name}"
    sidecar = members.get(name + SUFFIX)
    try:
        check_size(members[name].file_size, source, max_bytes=max_bytes)
        settings = archive.read(sidecar)[:MAX_SIDECAR_BYTES] if sidecar else b""
        return make_candidate(path, source, archive.read(members[name]), settings)
    except DAMAGE as error:
        return Refused(path, source, f"{source}: the archive is damaged here ({error}); pack it again")
    except UnreadableFileError as error:
        return Refused(path, source, str(error))


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name: programs in China write it in GBK and do not say so."""
    name = member.filename
    if not member.flag_bits & UTF8_NAME:
        written = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030", "cp437"):
            try:
                name = written.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    parts = "".join(each if each.isprintable() else "�" for each in name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in NO_NAMES)


def _is_left_out(name: str) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
    return not name or hidden or name.endswith(SUFFIX)
