"""What a document names exists: files, modules, commands, settings, targets, links; what is generated is up to date."""

import importlib.util
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from eval.cli import main as evaluate
from eval.documents import tree
from rag.cli.arguments import make_parser
from rag.config import IGNORED, Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS += [ROOT / "eval" / "README.md", ROOT / "rag" / "data" / "README.md"]
FILE = re.compile(r"(?:\.ci|rag|api|eval|tests|prompts|docs|samples)/[\w./-]*")
COMMAND = re.compile(r"(?:^|[`/])report-qa ([a-z][a-z-]*)(?: ([a-z]+))?", re.MULTILINE)
NAMED = re.compile(r"^\|[^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_whatever_a_document_names_exists(document):
    text = document.read_text("utf-8")
    code = "\n".join(re.findall(r"`([^`]+)`", text))
    missing = [name for name in FILE.findall(code) if "NAME" not in name and not (ROOT / name).exists()]
    links = re.findall(r"\]\(([^)#:]+)[^):]*\)", text)
    missing += [link for link in links if not (document.parent / link).exists()]
    missing += [name for name in re.findall(r"python -m ([\w.]+)", text) if importlib.util.find_spec(name) is None]
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    missing += [name for name in re.findall(r"`make ([\w-]+)|^make ([\w-]+)", code) if not set(name) & set(targets)]
    settings = {name.upper() for name in {*Settings.model_fields, *IGNORED}}
    missing += [name for name in re.findall(r"REPORT_QA_([A-Z_]+)", text) if name not in settings]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_a_document_is_one(document):
    ours = set(re.findall(r"^    ([a-z-]+)(?: |$)", make_parser().format_help(), re.MULTILINE))
    ours |= {entry.name for entry in entry_points(group="report_qa.commands")}
    for command, part in COMMAND.findall(document.read_text("utf-8")):
        assert command in ours
        if command == "eval" and part:
            with pytest.raises(SystemExit, match="0"):
                evaluate([part, "--help"])


def test_the_names_of_the_architecture_stand_in_their_files():
    table = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("## Where is it decided")[1]
    rows = [re.findall(r"`([^`]+)`", row[0]) for row in NAMED.findall(table)]
    names = [re.findall(r"`([A-Za-z_]+)`", row[1]) for row in NAMED.findall(table)]
    assert len(rows) > 20
    for files, wanted in zip(rows, names, strict=True):
        modules = [ROOT / file for file in files if (ROOT / file).is_file()]
        text = "\n".join(path.read_text("utf-8") for path in modules)
        assert [name for name in wanted if not re.search(rf"\b{name}\b", text)] == [], files


def test_the_file_tree_is_up_to_date():
    assert tree() in (ROOT / "docs" / "files.md").read_text("utf-8"), "run python -m eval.documents"
