"""Which files of language models are recommended, what each needs, and what else a name may mean."""

from __future__ import annotations

from dataclasses import dataclass

from rag.errors import BadInputError

SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A GGUF file of a repository on the hub; ``sha256`` (hex) is what it must be, "" where the hub decides."""

    repo: str
    path: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Recommended:
    """A file of its authors' own repository, Apache-2.0.

    ``memory_gb`` is what a process takes with it loaded; ``answer_seconds`` a usual answer on four cores.
    """

    name: str
    file: HubFile
    num_bytes: int
    memory_gb: float
    answer_seconds: int


QWEN_1_7B = HubFile(
    "Qwen/Qwen3-1.7B-GGUF", "Qwen3-1.7B-Q8_0.gguf", "061b54daade076b5d3362dac252678d17da8c68f07560be70818cace6590cb1a"
)
QWEN_4B = HubFile(
    "Qwen/Qwen3-4B-GGUF", "Qwen3-4B-Q4_K_M.gguf", "7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5"
)
QWEN_8B = HubFile(
    "Qwen/Qwen3-8B-GGUF", "Qwen3-8B-Q4_K_M.gguf", "d98cdcbd03e17ce47681435b5150e34c1417f50b5c0019dd560e4882c5745785"
)
RECOMMENDED = (
    Recommended("qwen3-1.7b", QWEN_1_7B, 1_834_426_016, memory_gb=3, answer_seconds=10),
    Recommended("qwen3-4b", QWEN_4B, 2_497_280_256, memory_gb=4, answer_seconds=20),
    Recommended("qwen3-8b", QWEN_8B, 5_027_783_488, memory_gb=7, answer_seconds=40),
)
FIRST_CHOICE = "report-qa model get qwen3-4b"


def find_file(name: str) -> HubFile:
    """Return the file a name means: a recommended one's, or ``owner/repo:file.gguf``.

    Raises:
        BadInputError: it is neither.
    """
    for each in RECOMMENDED:
        if each.name == name.lower():
            return each.file
    repo, _, path = name.partition(":")
    if repo.count("/") != 1 or not path.lower().endswith(SUFFIX):
        names = ", ".join(each.name for each in RECOMMENDED)
        raise BadInputError(f"{name!r} is no model's name; give {names}, or OWNER/REPO:FILE{SUFFIX} of any other")
    return HubFile(repo, path)
