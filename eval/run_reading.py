"""How well reports are read: sentences kept, page furniture dropped, profiles right, duplicates found, and how fast.

Run as ``python -m eval.run_reading`` with ``REPORT_QA_CORPUS`` naming a folder that holds ``corpus/`` and ``messy/``.
Prints one figure a line and what is odd; exits 1 when a target is missed, 2 without the folder.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.reading_measures import Share, dropped_lines, surviving_sentences, total
from rag.errors import UnreadableFileError
from rag.ingesting.duplicates import are_same, fingerprint
from rag.language.places import Gazetteer, load_gazetteer
from rag.reading import read_document
from rag.reading.cleaning import CleanedText, clean
from rag.reading.outline import outline
from rag.reading.profile import make_profile
from rag.reading.report import read_report
from rag.types import Profile, SourceText

LABELS = Path(__file__).with_name("reading_labels.jsonl")
HERE = Path(__file__).parent.parent
NAMELESS = "report.txt"
MAX_SECONDS = 20.0
TARGETS = {
    "sentences kept": 0.999,
    "page lines dropped": 0.95,
    "place": 0.98,
    "year": 0.98,
    "seed profiles": 1.0,
    "kinds": 0.9,
    "duplicates found": 1.0,
    "notes tied to their marks": 0.98,
}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as it was read and cleaned."""

    path: Path
    source: SourceText
    cleaned: CleanedText


def read_files(paths: Iterator[Path]) -> list[ReadFile]:
    """Read and clean files, in the order of their paths; refused ones are left out."""
    found = []
    for path in sorted(path for path in paths if path.is_file()):
        try:
            source = read_document(path.read_bytes(), path.name)
        except UnreadableFileError:
            continue
        found.append(ReadFile(path, source, clean(source)))
    return found


def profile_of(file: ReadFile, gazetteer: Gazetteer, *, name: str = "") -> Profile:
    """Profile a file under its own name or another."""
    sections = outline(file.cleaned)
    return make_profile(file.cleaned.text, sections, name or file.path.name, file.cleaned.title, gazetteer)


def measure_profiles(corpus: Path, files: list[ReadFile], gazetteer: Gazetteer, *, name: str = "") -> dict[str, Share]:
    """Compare place, year and kind with the manifest's; ``name`` hides the files' own names."""
    manifest = (json.loads(line) for line in (corpus / "reports_manifest.jsonl").read_text("utf-8").splitlines())
    labels = {corpus / "reports" / row["file"]: row for row in manifest}
    wrong: dict[str, list[str]] = {"place": [], "year": [], "kind": []}
    reports = [file for file in files if file.path in labels]
    for file in reports:
        profile = profile_of(file, gazetteer, name=name)
        for field, odd in wrong.items():
            if getattr(profile, field) != labels[file.path][field]:
                odd.append(f"{file.path.name}: {getattr(profile, field)}")
    return {field: Share(len(reports) - len(odd), len(reports), tuple(odd)) for field, odd in wrong.items()}


def measure_labels(folder: Path, gazetteer: Gazetteer) -> tuple[Share, Share, Share]:
    """Compare with ``reading_labels.jsonl``: the seeds' whole profiles, all kinds, all places and years."""
    seeds, kinds, facts = [], [], []
    for label in map(json.loads, LABELS.read_text("utf-8").splitlines()):
        root = HERE if label["file"].startswith("samples/") else folder
        for file in read_files(iter([root / label["file"]])):
            profile = profile_of(file, gazetteer)
            kinds.append(_compare(label, profile, ("kind",)))
            facts.append(_compare(label, profile, ("place", "year")))
            if "/seeds/" in label["file"]:
                seeds.append(_compare(label, profile, ("place", "year", "current_year", "author", "kind")))
    return total(seeds), total(kinds), total(facts)


def _compare(label: Mapping[str, Any], profile: Profile, fields: tuple[str, ...]) -> Share:
    asked = [field for field in fields if field in label]
    found = {field: getattr(profile, field) for field in asked}
    odd = tuple(f"{label['file']}: {field} {found[field]}" for field in asked if found[field] != label[field])
    return Share(len(asked) - len(odd), len(asked), odd)


def measure_duplicates(files: list[ReadFile], copies: list[ReadFile]) -> Share:
    """Look for the report each derived copy was made of, and for pairs that are none."""
    prints = [(file, fingerprint(file.cleaned.text)) for file in files]
    odd = []
    for copy in copies:
        own = fingerprint(copy.cleaned.text)
        year, place = copy.path.stem.split("_")[:2]
        same = [file.path.name for file, other in prints if are_same(own, other)]
        if len(same) != 1 or not re.search(f"{year}_{place}", same[0]):
            odd.append(f"{copy.path.name}: {same}")
    false = [f"{a.path.name} = {b.path.name}" for (a, x), (b, y) in itertools.combinations(prints, 2) if are_same(x, y)]
    return Share(len(copies) - len(odd), len(copies), tuple(odd + false))


def measure_notes(files: list[ReadFile]) -> Share:
    """Count the notes that are tied to a mark or a use of their term, among all that stand in the files."""
    named = [(file.path.name, note) for file in files for note in file.cleaned.notes]
    odd = tuple(f"{name}: {note.term or 'no term'}" for name, note in named if not note.marks)
    return Share(len(named) - len(odd), len(named), odd)


def measure_speed(files: list[ReadFile]) -> tuple[float, int]:
    """Read every file whole, figures and passages included; return seconds and characters."""
    started = time.perf_counter()
    characters = sum(len(read_report(file.path.read_bytes(), file.path.name).text) for file in files)
    return time.perf_counter() - started, characters


def run(folder: Path) -> dict[str, Share]:
    """Measure everything but speed."""
    gazetteer = load_gazetteer()
    files = read_files((folder / "corpus" / "reports").rglob("*.txt"))
    noisy = files + read_files((folder / "corpus" / "seeds").glob("*.txt"))
    copies = read_files((folder / "messy" / "derived").glob("20*.txt"))
    messy = read_files((folder / "messy").glob("*.*"))
    seeds, kinds, facts = measure_labels(folder, gazetteer)
    named = measure_profiles(folder / "corpus", files, gazetteer)
    nameless = measure_profiles(folder / "corpus", files, gazetteer, name=NAMELESS)
    return {
        "sentences kept": total([surviving_sentences(file.source.text, file.cleaned.text) for file in noisy]),
        "page lines dropped": total([dropped_lines(file.source.text, file.cleaned.text) for file in noisy]),
        **named,
        "year without file names": nameless["year"],
        "place without file names": nameless["place"],
        "seed profiles": seeds,
        "kinds": kinds,
        "places and years of labelled files": facts,
        "duplicates found": measure_duplicates(files, copies),
        "notes tied to their marks": measure_notes(noisy + messy),
    }


def main() -> int:
    """Print every measure; 0 if all targets are met, 1 if not, 2 without the folder."""
    folder = Path(os.environ.get("REPORT_QA_CORPUS", ""))
    if not (folder / "corpus" / "reports_manifest.jsonl").is_file():
        print("REPORT_QA_CORPUS names no folder with corpus/reports_manifest.jsonl", file=sys.stderr)
        return 2
    measures = run(folder)
    for name, share in measures.items():
        print(f"{name}: {share.value:.4f} ({share.part} of {share.whole})")
        for item in share.odd[:12]:
            print(f"    {item}")
    seconds, characters = measure_speed(read_files((folder / "corpus").rglob("*.txt")))
    print(f"whole reading: {seconds:.1f} s for {characters:,} characters of stored text")
    missed = [name for name, target in TARGETS.items() if measures[name].value < target]
    if seconds > MAX_SECONDS:
        missed.append("whole reading")
    print(f"missed: {', '.join(missed) or 'nothing'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
