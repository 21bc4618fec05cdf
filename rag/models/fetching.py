"""Fetch a model's file from the hub: resumed where it broke off, held to the size and the hash the hub tells."""

from __future__ import annotations

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.errors import BadInputError, StorageError, UnreachableError
from rag.models.recommended import SUFFIX, HubFile

METADATA_SECONDS = 20
SPARE_BYTES = 200_000_000
MAX_NAMES = 12


@dataclass(frozen=True, slots=True)
class Published:
    """What the hub tells of a file: its commit, its size, its SHA-256 in hex."""

    commit: str
    num_bytes: int
    sha256: str


def place(folder: Path, wanted: HubFile) -> Path:
    """Return where a file lies under ``folder``, fetched or not."""
    return folder / wanted.repo / PurePosixPath(wanted.path).name


def fetch(wanted: HubFile, folder: Path, *, endpoint: str | None = None) -> Path:
    """Bring a file under ``folder`` and return its path; at once where it is there. On a terminal with a bar.

    What broke off stays as ``FILE.HASH.part`` and is gone on with. ``endpoint`` is HF_ENDPOINT, else the public hub.

    Raises:
        BadInputError: the hub has no such repository or file, or not the recommended one.
        UnreachableError: the hub cannot be reached, breaks off again and again, or sends something else.
        StorageError: the disk has too little room, or cannot be written.
    """
    told = _look_up(wanted, endpoint)
    target = place(folder, wanted)
    part = target.with_name(f"{target.name}.{told.sha256[:8]}.part")
    try:
        if target.is_file() and _sha256(target) == told.sha256:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        _require_room(part, told.num_bytes)
        _download(wanted, told, part, endpoint)
        if part.stat().st_size != told.num_bytes or _sha256(part) != told.sha256:
            part.unlink()
            raise UnreachableError(f"what came is not {wanted.path} as the hub describes it; it is deleted, try again")
        part.replace(target)
    except OSError as error:
        raise StorageError(f"cannot write {part}: {error.strerror or error}; free some disk space") from error
    return target


def _look_up(wanted: HubFile, endpoint: str | None) -> Published:
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        info = HfApi(endpoint=endpoint).model_info(wanted.repo, files_metadata=True, timeout=METADATA_SECONDS)
    except GatedRepoError as error:
        mend = "accept its terms there and set HF_TOKEN"
        raise BadInputError(f"{wanted.repo} is only for those who accepted its terms; {mend}") from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        mend = "check OWNER/REPO, or set HF_TOKEN if it is private"
        raise BadInputError(f"the hub has no repository {wanted.repo}; {mend}") from error
    except (httpx2.HTTPError, OfflineModeIsEnabled, ValueError) as error:
        raise _unreachable(error) from error
    files = {each.rfilename: each for each in info.siblings or ()}
    found = files.get(wanted.path)
    if found is None or found.lfs is None:
        there = ", ".join(sorted(name for name in files if name.endswith(SUFFIX))[:MAX_NAMES]) or "no such files at all"
        raise BadInputError(f"{wanted.repo} has no file {wanted.path}; it has {there}")
    if "-of-" in wanted.path:
        raise BadInputError(f"{wanted.path} is one part of several; choose a file that comes in one piece")
    if wanted.sha256 not in ("", found.lfs.sha256):
        mend = f"`report-qa model get {wanted.repo}:{wanted.path}` takes it all the same"
        raise BadInputError(f"the hub's {wanted.path} is not the one that was recommended; {mend}")
    return Published(info.sha or "main", found.lfs.size, found.lfs.sha256)


def _require_room(part: Path, num_bytes: int) -> None:
    left = num_bytes - (part.stat().st_size if part.is_file() else 0)
    free = shutil.disk_usage(part.parent).free
    if free < left + SPARE_BYTES:
        mend = "free some, or set REPORT_QA_DATA_DIR to a larger disk"
        raise StorageError(
            f"{left / 10**9:.1f} GB are to come and {free / 10**9:.1f} GB are free in {part.parent}; {mend}"
        )


def _download(wanted: HubFile, told: Published, part: Path, endpoint: str | None) -> None:
    """Append to ``part`` what it lacks."""
    import httpx2
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers, disable_progress_bars  # type: ignore[attr-defined]

    if not sys.stderr.isatty():
        disable_progress_bars()
    url = hf_hub_url(wanted.repo, wanted.path, revision=told.commit, endpoint=endpoint)
    with part.open("ab") as file:
        try:
            http_get(
                url, file, resume_size=file.tell(), headers=build_hf_headers(),
                expected_size=told.num_bytes, displayed_filename=PurePosixPath(wanted.path).name,
            )  # fmt: skip
        except httpx2.HTTPError as error:
            raise _unreachable(error, f" after {file.tell() / 10**9:.2f} GB, which are kept") from error
        except OSError as error:
            if error.errno is not None:  # without a number it is the library's word that the size is wrong
                raise


def _unreachable(error: Exception, kept: str = "") -> UnreachableError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    mend = "check the network, name a mirror by HF_ENDPOINT, or copy a GGUF file here and `report-qa model use FILE`"
    return UnreachableError(f"the hub cannot be reached{kept} ({reason}); {mend}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
