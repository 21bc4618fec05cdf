"""Which GGUF files are recommended, what each needs and how fast it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recommended:
    """A file of its authors' own repository on the hub, Apache-2.0.

    ``memory_gb`` is what the process takes with it loaded, ``answer_seconds`` a usual answer on four cores.
    """

    name: str
    repo: str
    file: str
    num_bytes: int
    memory_gb: float
    answer_seconds: int


RECOMMENDED = (
    Recommended("qwen3-1.7b", "Qwen/Qwen3-1.7B-GGUF", "Qwen3-1.7B-Q8_0.gguf", 1_834_426_016, 3, 10),
    Recommended("qwen3-4b", "Qwen/Qwen3-4B-GGUF", "Qwen3-4B-Q4_K_M.gguf", 2_497_280_256, 4, 20),
    Recommended("qwen3-8b", "Qwen/Qwen3-8B-GGUF", "Qwen3-8B-Q4_K_M.gguf", 5_027_783_488, 7, 40),
)
FIRST_CHOICE = "report-qa model get qwen3-4b"
